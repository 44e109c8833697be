// Steps into a live database.
#pragma once

#include <memory>
#include <span>
#include <stop_token>
#include <utility>
#include <vector>

#include "engine/step_context.h"
#include "engine/step_sink.h"
#include "engine/target_database.h"
#include "engine/transactional_section.h"
#include "revision/graph.h"

namespace schemaop {

// Runs steps on a database whose migration lock is held: those taken together as one transaction
// (see RunTransactionalSections), a section outside a transaction statement by statement (see
// RunJournalledSection).
class LiveSteps : public StepSink {
 public:
  // `database` holds the lock and must outlive the object, which may replace what it points to.
  // `graph` holds the revisions of the steps and must outlive it, too.
  // `begun`: see DatabaseState.
  LiveSteps(std::unique_ptr<TargetDatabase>& database, const RevisionGraph& graph,
            std::vector<RevisionId> begun, RunIdentity identity, std::stop_token stop)
      : database_(database),
        graph_(graph),
        begun_(std::move(begun)),
        monitor_(database->options()),
        identity_(std::move(identity)),
        stop_(std::move(stop)) {}

  tl::expected<std::vector<AppliedStep>, StepFailure> Take(
      std::span<const PlannedStep> steps, const StatementProgress& progress) override;

  void Expect(const PlannedStep& next) override;

  Receipt receipt() const override;

 private:
  tl::expected<std::vector<AppliedStep>, StepFailure> TakeJournalled(const StepContext& context);
  StepDone CheckBegun(const std::vector<StepContext>& contexts) const;
  std::vector<RevisionId> DependenciesOf(const RevisionId& id) const;

  std::unique_ptr<TargetDatabase>& database_;
  const RevisionGraph& graph_;
  const std::vector<RevisionId> begun_;
  SessionMonitor monitor_;
  Sequel sequel_ = Sequel::kUnknown;  // of the next Take
  Receipt receipt_;
  RunIdentity identity_;
  std::stop_token stop_;
};

}  // namespace schemaop
