// Running statements of a section, and telling what they wait for.
#pragma once

#include <chrono>
#include <cstddef>
#include <functional>
#include <optional>
#include <vector>

#include "engine/step_context.h"
#include "engine/target_database.h"

namespace schemaop {

// Runs statement `index` (from 0) of the section as it stands, until `deadline` when there is one.
// Tells the progress before it and, when it takes longer, what the monitor sees: who it waits for,
// how far its index is. The monitor goes on looking afterwards: locks stay to the end of a
// transaction. Errors as Session::Execute's.
SqlResult<CommandResult> RunSubmitted(
    TargetDatabase& database, const StepContext& context, std::size_t index,
    std::optional<std::chrono::steady_clock::time_point> deadline = std::nullopt);

// Statements of a section, `first` from 0.
struct StatementRange {
  std::size_t first = 0;
  std::size_t count = 0;
};

// Runs the statements of `range` and `questions` behind them in one round trip, telling the
// progress of each as it begins; `starting` is called before that. REQUIRES: none of them is COPY.
PipelineAnswer RunSubmittedTogether(TargetDatabase& database, const StepContext& context,
                                    StatementRange range, std::vector<PipelinedStatement> questions,
                                    const std::function<void()>& starting);

}  // namespace schemaop
