// What a run did, as a value: from the engine to whoever reports it.
#pragma once

#include <chrono>
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
  bool retryable = false;  // the SQLSTATE says that trying again can help

  bool operator==(const StatementFailure&) const = default;
};

struct AppliedStep {
  RevisionId revision;
  Direction direction = Direction::kUpgrade;
  Time at;  // committed
  std::chrono::milliseconds duration{0};

  bool operator==(const AppliedStep&) const = default;
};

// How a run ended. `heads` is what the database holds as far as we know; every applied step is
// committed.
struct RunReport {
  enum class Outcome {
    kCompleted,  // every step of the plan is committed (or there was none)
    kBusy,       // the lock stayed with `holder` for as long as we were willing to wait
    kFailed,     // `error` and, when a statement was refused, `failure`
    kInDoubt,    // a non-transactional statement's outcome cannot be proved; `failure` names it
    kCancelled,  // told to stop; the current step is rolled back
  };
  Outcome outcome = Outcome::kCompleted;
  Heads heads;
  std::vector<AppliedStep> applied;
  std::optional<LockHolder> holder;
  std::optional<StatementFailure> failure;
  std::optional<Error> error;  // set for every outcome but kCompleted

  bool operator==(const RunReport&) const = default;
};

// Where a run is, said at each change.
struct RunProgress {
  enum class Phase { kWaitingForLock, kRunning };
  Phase phase = Phase::kRunning;
  RevisionId revision;
  Direction direction = Direction::kUpgrade;
  int step = 0;  // 1-based, of `steps`
  int steps = 0;
  int statement = 0;  // 1-based, of `statements`
  int statements = 0;
  std::optional<LockHolder> holder;  // kWaitingForLock
  Heads heads;                       // committed so far
  std::vector<AppliedStep> applied;  // committed so far in this run

  bool operator==(const RunProgress&) const = default;
};

}  // namespace schemaop
