// Runs of single steps in a scratch database, whole or cut off in the middle.
#pragma once

#include <optional>
#include <stop_token>
#include <string>
#include <vector>

#include "base/error.h"
#include "engine/migrate.h"
#include "postgres/session.h"

namespace schemaop {

// Runs `step`, from wherever the database is.
RunReport TakeOneStep(const DatabaseOptions& options, const RevisionGraph& graph, const Step& step,
                      const ProgressSink& progress, const std::stop_token& stop);

// Where a run is cut off: its session is ended by the server, as when the server stops, the client
// is killed or the network fails.
struct Cut {
  enum class Moment {
    kStatement,  // before `statement` is sent
    kCommit,     // in the COMMIT of the ledger row of `kind`
  };
  Moment moment = Moment::kStatement;
  int statement = 0;  // from 1 in its section; 0: the COMMIT of the whole revision
  std::string kind;   // "done" or "applied"
  std::string where;  // for a person: "before statement 2", "in its COMMIT"

  bool operator==(const Cut&) const = default;
};

// What came of a run that was to be cut off.
struct CutRun {
  bool ended = false;   // the session was ended; otherwise the run did not come there
  std::string problem;  // why it could not go on by itself from the cut before; empty: it could
};

// The runs of one step, each cut off at another place. Sections outside a transaction go on from
// run to run.
class CutRuns {
 public:
  // `watcher` is another session with the same database, which ends the migrating one. All but
  // `options` outlive the object.
  CutRuns(const DatabaseOptions& options, const RevisionGraph& graph, const Step& step,
          Session& watcher, std::stop_token stop);

  // The next place; nullopt when there is none left, or nothing left to run.
  std::optional<Cut> Next();
  // Begins the step and ends its session at `cut`. Errors: what is not the revision's fault.
  Result<CutRun> Run(const Cut& cut);

  // Whether a run that is cut off leaves nothing behind.
  bool rolls_back() const { return transactional_; }
  // Whether the step is done.
  bool completed() const { return completed_; }
  std::size_t count() const { return next_; }

 private:
  Result<RunReport> RunTo(const Cut& cut, bool& ended);
  RunReport RunToStatement(const Cut& cut, bool& ended);
  Result<RunReport> RunToCommit(const Cut& cut, bool& ended);
  Result<void> EndMigratingSession();
  Result<void> Ask(const std::string& sql);
  // Says of the statement that `cut` left in doubt what a person would find.
  Result<std::string> Settle(const Cut& cut);

  DatabaseOptions options_;
  const RevisionGraph& graph_;
  const Step& step_;
  Session& watcher_;
  std::stop_token stop_;
  bool transactional_ = true;
  bool completed_ = false;
  std::vector<Cut> cuts_;
  std::size_t next_ = 0;
  std::optional<Cut> previous_;  // the last one at which a session was ended
};

}  // namespace schemaop
