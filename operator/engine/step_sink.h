// Where the steps of a plan go: into a live database, or as SQL text to a person.
#pragma once

#include <functional>
#include <optional>

#include <tl/expected.hpp>

#include "base/error.h"
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
};

// Takes one step after the other; what is taken stays taken.
class StepSink {
 public:
  // Told before each statement: which one, from 1, of how many.
  using StatementProgress = std::function<void(int statement, int statements)>;

  virtual ~StepSink() = default;

  // `step` of a plan, and the revision it runs. REQUIRES: a section for the step's direction.
  virtual tl::expected<AppliedStep, StepFailure> Take(const Step& step, const Revision& revision,
                                                      const StatementProgress& progress) = 0;
};

}  // namespace schemaop
