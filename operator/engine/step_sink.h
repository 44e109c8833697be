// Where the steps of a plan go: into a live database, or as SQL text to a person.
#pragma once

#include <functional>
#include <optional>
#include <span>
#include <vector>

#include <tl/expected.hpp>

#include "base/error.h"
#include "base/time.h"
#include "revision/plan.h"
#include "revision/revision.h"
#include "revision/run_report.h"

namespace schemaop {

// Why a step did not happen. Nothing of a transactional step remains, unless `error.code` is
// kInDoubt: then its COMMIT was sent and the connection lost, and nobody could be asked; the
// version table will tell.
struct StepFailure {
  RunReport::Outcome outcome = RunReport::Outcome::kFailed;
  Error error;
  std::optional<StatementFailure> failure;  // when a statement was refused
  std::vector<Blocker> blockers;            // when it could not get a lock: who was in the way
  int statements_done = 0;  // outside a transaction: so many of its first ones took effect
};

// A step of a plan, and the revision it runs. Both outlive the run.
struct PlannedStep {
  const Step* step = nullptr;
  const Revision* revision = nullptr;

  // What the step runs. REQUIRES: a section for the step's direction.
  const Section& section() const {
    return step->direction == Direction::kUpgrade ? revision->upgrade : *revision->downgrade;
  }
};

// Where a step is at a moment.
struct StepMoment {
  int statement = 0;  // from 1, of `statements`
  int statements = 0;
  int attempt = 1;         // of the transaction
  bool held_back = false;  // rolled back, and waiting for `blockers` to end
  Time began;              // of the attempt at the step
  std::vector<Blocker> blockers;
  std::optional<IndexBuild> build;
};

// Takes steps, in the order of their plan; what is taken stays taken.
class StepSink {
 public:
  // Told of one of the steps taken together (from 0): before each statement, now and then while one
  // runs, and while held back. On the thread that takes the steps.
  using StatementProgress = std::function<void(std::size_t step, const StepMoment& moment)>;

  virtual ~StepSink() = default;

  // Takes `steps` together: all of them or, when it fails, none, but for what StepFailure says.
  // REQUIRES: at least one; when there are several, all their sections are transactional.
  virtual tl::expected<std::vector<AppliedStep>, StepFailure> Take(
      std::span<const PlannedStep> steps, const StatementProgress& progress) = 0;

  // Says before a Take which step the one after it will begin with, unless the run ends there. A
  // sink that can makes use of it; nothing has to come of it.
  virtual void Expect(const PlannedStep& /*next*/) {}

  // What the steps taken so far, and the one that failed, did to others; nothing where nobody else
  // is.
  virtual Receipt receipt() const { return {}; }
};

}  // namespace schemaop
