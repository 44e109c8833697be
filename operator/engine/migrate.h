// Running plans against a live database.
#pragma once

#include <functional>
#include <memory>
#include <stop_token>
#include <string>

#include "base/error.h"
#include "engine/database_options.h"
#include "revision/database_state.h"
#include "revision/graph.h"
#include "revision/plan.h"
#include "revision/run_report.h"

namespace schemaop {

// Computes the steps from what the database holds; called under the lock. A failure ends the run.
using Planner = std::function<Result<Plan>(const DatabaseState&)>;
using StampPlanner = std::function<Result<StampPlan>(const DatabaseState&)>;

// Told at each change; called on the migrating thread, must not block for long.
using ProgressSink = std::function<void(const RunProgress&)>;

// Who runs this, for the ledger: "schema-operator/0.1.0 pod uid/generation" or "user@host".
struct Actor {
  std::string name;
};

// Takes the migration lock (polled, never queued for), reads the heads, plans, and runs each
// revision in one transaction with its version rows and ledger row, or all of them in one (see
// TransactionMode: kInvalid, before anything runs, when one of them cannot); COMMIT is a message of
// its own. Revisions that are applied but not in `graph` are taken from the ledger (see
// CompleteFromLedger; the planner finds them in DatabaseState::stored). A stop request cancels the
// running statement and rolls its transaction back. Never throws; the report is complete whatever
// happens.
RunReport Migrate(const DatabaseOptions& options, const RevisionGraph& graph, const Planner& plan,
                  const Actor& actor, const ProgressSink& progress, std::stop_token stop);

// Changes version rows without running anything, under the same lock, in one transaction.
RunReport Stamp(const DatabaseOptions& options, const StampPlanner& plan, const Actor& actor,
                std::stop_token stop);

}  // namespace schemaop
