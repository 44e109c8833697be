// What a run did, as a value: from the engine to whoever reports it.
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "base/error.h"
#include "base/time.h"
#include "revision/database_state.h"
#include "revision/revision.h"

namespace schemaop {

// A statement the server refused, with everything needed to find it. Never DETAIL: it holds row
// values.
struct StatementFailure {
  RevisionId revision;
  Direction direction = Direction::kUpgrade;
  std::string file;
  int line = 0;       // 1-based; 0 when unknown
  int column = 0;     // 1-based, in characters; 0 when unknown
  int statement = 0;  // 1-based within the section
  std::string sqlstate;
  std::string message;
  std::string hint;
  bool retryable = false;      // the SQLSTATE says that trying again can help
  bool in_transaction = true;  // false: the section runs outside one, so what ran before it remains

  bool operator==(const StatementFailure&) const = default;
};

struct AppliedStep {
  std::int64_t sequence = 0;  // of its ledger row; 0 where nothing was run
  RevisionId revision;
  Direction direction = Direction::kUpgrade;
  Time at;  // committed
  std::chrono::milliseconds duration{0};

  bool operator==(const AppliedStep&) const = default;
};

// A session that another one waits for, as far as the role that looked may know. Never holds a
// value of a query.
struct Blocker {
  int pid = 0;    // 0: a prepared transaction, which has no session
  int depth = 1;  // 1: waited for directly; 2: waited for by one of those, and so on
  std::string application;
  std::string user;
  std::string state;        // "idle in transaction", "active"; empty when it may not be known
  std::string since;        // its transaction's start, RFC 3339; empty when it may not be known
  std::string query;        // the head of its last query, see QueryHead
  std::string transaction;  // its virtual transaction id: "3/127"

  bool operator==(const Blocker&) const = default;
};

// How far an index build is, from pg_stat_progress_create_index.
struct IndexBuild {
  std::string phase;  // "building index: scanning table"
  std::int64_t blocks_done = 0;
  std::int64_t blocks_total = 0;  // 0: this phase does not count blocks

  bool operator==(const IndexBuild&) const = default;
};

// What a run did to others, for the one who started it.
struct Receipt {
  int retries = 0;  // transactions rolled back and tried again because of locks
  // The longest another session was seen waiting for the run, or behind it in a queue.
  std::chrono::milliseconds others_waited{0};

  bool operator==(const Receipt&) const = default;
};

// The step that was under way when a run was told to stop.
struct InterruptedStep {
  RevisionId revision;
  bool in_transaction = true;  // then nothing of it remains
  int statements_done = 0;     // outside one: so many of its first statements took effect

  bool operator==(const InterruptedStep&) const = default;
};

// "revision 005 runs outside a transaction: its first 2 statements took effect, and the next run
// finds out what became of the one that was cut off". REQUIRES: !step.in_transaction.
std::string DescribeRemains(const InterruptedStep& step);

// How a run ended. `heads` is what the database holds as far as we know; every applied step is
// committed.
struct RunReport {
  enum class Outcome {
    kCompleted,  // every step of the plan is committed (or there was none)
    kBusy,       // the lock stayed with `holder` for as long as we were willing to wait
    kFailed,     // `error` and, when a statement was refused, `failure`
    kInDoubt,    // a non-transactional statement's outcome cannot be proved; `failure` names it
    kCancelled,  // told to stop; `interrupted` says what became of the current step
  };
  Outcome outcome = Outcome::kCompleted;
  Heads heads;
  std::vector<AppliedStep> applied;
  std::optional<LockHolder> holder;
  std::optional<StatementFailure> failure;
  std::optional<Error> error;                  // set for every outcome but kCompleted
  std::optional<InterruptedStep> interrupted;  // kCancelled, unless no step was under way
  std::vector<Blocker> blockers;  // who was in the way when the last attempt failed for a lock
  Receipt receipt;
  // Why the schema after the run could not be kept for drift to be told by; the run is none the
  // worse.
  std::optional<Error> snapshot_problem;

  bool operator==(const RunReport&) const = default;
};

// Where a run is, said at each change.
struct RunProgress {
  enum class Phase {
    kWaitingForLock,  // for the migration lock
    kRunning,
    kHeldBack,  // rolled back, and waiting for `blockers` to end before another attempt
  };
  Phase phase = Phase::kRunning;
  RevisionId revision;
  Direction direction = Direction::kUpgrade;
  int step = 0;  // 1-based, of `steps`
  int steps = 0;
  int statement = 0;  // 1-based, of `statements`
  int statements = 0;
  int attempt = 1;                   // of the transaction
  std::optional<Time> began;         // this attempt of the step's transaction, or its statement
  std::vector<Blocker> blockers;     // waited for at this moment, nearest first
  std::optional<IndexBuild> build;   // while the statement builds an index
  std::optional<LockHolder> holder;  // kWaitingForLock
  Heads heads;                       // committed so far
  std::vector<AppliedStep> applied;  // committed so far in this run

  bool operator==(const RunProgress&) const = default;
};

}  // namespace schemaop
