// Steps as a script for psql: offline mode, Alembic's --sql.
#pragma once

#include <span>
#include <string>
#include <vector>

#include "engine/database_options.h"
#include "engine/step_sink.h"
#include "revision/plan.h"

namespace schemaop {

// A script that does what a live run of the same steps does, or nothing. It stops with an error
// before it changes anything when the database is not at the heads it starts from or another run
// holds the migration lock, which it takes. Each revision is one transaction with its version rows,
// or shares one with those taken together with it, and takes place only if the version table still
// says what the step before left; statements of a section without a transaction stand outside one.
// The session is brought into the state a live run's has before the first and after each revision.
// What a script cannot do: leave ledger rows (each hashes the one before), notice that it goes
// through a pooler, prove what became of a statement outside a transaction that was cut off.
//
// Written for psql 12 or newer: data of COPY stands in the script, and of other clients few stop at
// the first error.
class SqlScript : public StepSink {
 public:
  // `from`: the heads the database must be at. `remarks`: comment lines for the top. Of `options`
  // everything but how to connect counts; it must outlive the object.
  SqlScript(const DatabaseOptions& options, Heads from, const std::vector<std::string>& remarks);

  // Never fails; `progress` is not told, nothing runs.
  tl::expected<std::vector<AppliedStep>, StepFailure> Take(
      std::span<const PlannedStep> steps, const StatementProgress& progress) override;

  // The row changes of a stamp, in one transaction. REQUIRES: no purge, whose rows are not known.
  void Take(const StampPlan& plan);

  // The whole script. Nothing can be taken afterwards.
  std::string Finish() &&;

 private:
  void AppendLine(const std::string& line) { text_ += line + "\n"; }
  void AppendState();
  void AppendStatement(const Statement& statement);
  void AppendAlone(const Section& section);
  void AppendLimits();
  // The version rows of what `what` names, within a transaction.
  void AppendRows(const std::string& what, const std::vector<VersionChange>& changes,
                  const Heads& heads_after);

  const DatabaseOptions& options_;
  Heads rows_;  // what the version table holds at this place of the script
  std::string text_;
};

// The statement as psql has to read it for the server to get it as it is: outside quotes psql would
// replace ":name" by a variable of its own.
std::string EscapeForPsql(const std::string& statement);

}  // namespace schemaop
