// A run: an operator, its world, and what happens to them, from one seed.
#pragma once

#include <cstdint>

#include "base/logger.h"
#include "outcome.h"
#include "runtime/metrics.h"

namespace schemaop::simulation {

// The same seed and options give the same run. `metrics` takes what reconcilers tell.
Outcome Simulate(std::uint64_t seed, const RunOptions& options, Metrics& metrics,
                 const Logger& logger);

}  // namespace schemaop::simulation
