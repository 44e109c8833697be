// The steps of a plan into a model database, as engine/transactional_section and
// engine/journalled_section take them.
#pragma once

#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "database_link.h"
#include "engine/lost_commit.h"
#include "engine/step_context.h"
#include "engine/step_sink.h"
#include "model_place.h"
#include "revision/graph.h"

namespace schemaop::simulation {

class ModelSteps : public StepSink {
 public:
  ModelSteps(const PlaceOptions& options, std::unique_ptr<DatabaseLink>& link,
             const RevisionGraph& graph, RunIdentity identity, std::stop_token stop)
      : options_(options),
        link_(link),
        graph_(graph),
        identity_(std::move(identity)),
        stop_(std::move(stop)) {}

  tl::expected<std::vector<AppliedStep>, StepFailure> Take(
      std::span<const PlannedStep> steps, const StatementProgress& progress) override;

 private:
  StepDone RunStatements(const PlannedStep& step, std::size_t index,
                         const StatementProgress& progress);
  StepDone TakeJournalled(const PlannedStep& step, const StatementProgress& progress);
  StepDone TakeStatement(const PlannedStep& step, const Statement& statement, int number,
                         const std::vector<LedgerRow>& journal);
  StepDone RunAnew(const PlannedStep& step, const Statement& statement, int number);
  StepDone Commit(const std::vector<Work>& works, const Step& first,
                  std::optional<Heads> heads_after);
  Result<void> FindOut(const LostCommit& lost);
  Result<bool> AskWitness(DatabaseLink& link, const LostCommit& lost);
  Work WorkOf(const PlannedStep& step) const;
  Work JournalRow(LedgerKind kind, const PlannedStep& step, const Statement& statement,
                  int number) const;
  StepFailure Failed(Error error) const;
  StepFailure Refused(const PlannedStep& step, int number, const SqlError& error) const;
  Result<void> Round();

  const PlaceOptions& options_;
  std::unique_ptr<DatabaseLink>& link_;
  const RevisionGraph& graph_;
  RunIdentity identity_;
  std::stop_token stop_;
};

}  // namespace schemaop::simulation
