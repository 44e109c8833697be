// A step on its way into a live database.
#pragma once

#include <functional>
#include <stop_token>
#include <string>
#include <string_view>
#include <vector>

#include <tl/expected.hpp>

#include "base/time.h"
#include "engine/session_monitor.h"
#include "engine/step_sink.h"
#include "postgres/sql_error.h"
#include "revision/plan.h"
#include "revision/revision.h"

namespace schemaop {

// Who runs what, for the ledger.
struct RunIdentity {
  std::string actor;      // see Actor
  std::string plan_hash;  // see PlanHash
};

// What everything that takes part in one step has to know of it. The references outlive the step.
struct StepContext {
  const Step& step;
  const Revision& revision;
  const Section& section;  // of the step's direction
  std::function<void(const StepMoment&)> progress;
  SessionMonitor& monitor;
  Receipt& receipt;  // of the run, counted on
  const RunIdentity& identity;
  std::vector<RevisionId> depends_on;  // of the revision, labels resolved
  Time started;
  std::stop_token stop;
  int attempt = 1;  // of the transaction
};

using StepDone = tl::expected<void, StepFailure>;

// `error` as the end of a step: kCancelled when it is what a stop request left.
StepFailure FailStep(const StepContext& context, Error error);

// `error` as the fault of the revision, of no statement in particular; `where` names the file.
StepFailure FailRevision(const StepContext& context, const SqlError& error, std::string_view where);

// `error` as what the server said to statement `index` (from 0) of the section.
StepFailure FailStatement(const StepContext& context, std::size_t index, const SqlError& error);

}  // namespace schemaop
