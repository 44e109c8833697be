// Rehearsing steps: each is run, taken back and run again in a scratch database.
#pragma once

#include <functional>
#include <memory>
#include <stop_token>
#include <string>
#include <vector>

#include "base/error.h"
#include "engine/database_options.h"
#include "revision/graph.h"
#include "revision/plan.h"
#include "revision/rehearsal.h"

namespace schemaop {

// Whether the migrating session is ended in the middle, to see what becomes of what it did.
enum class RehearsalCuts {
  kNone,
  kEachStatement,  // before each statement and in each COMMIT
};

struct RehearsalRequest {
  // Any database of the server to rehearse on; it is connected to and not changed. Role, search
  // path, the tables' names and the limits are for the scratch database.
  DatabaseOptions options;
  std::shared_ptr<const RevisionGraph> graph;
  // Where the scratch database is brought first, from base, without a rehearsal; the steps go on
  // from there.
  Heads from;
  std::vector<Step> steps;
  RehearsalCuts cuts = RehearsalCuts::kNone;
};

// Told before each step; called on the rehearsing thread.
using RehearsalSink = std::function<void(const Step& step)>;

// Runs each step, its inverse (unless the revision is irreversible) and the step again, as every
// other run does, and compares the schemas: after the inverse it has to be what it was before, at
// the end what it was after the first time. With cuts, the second and the third of these runs (of
// irreversible steps the only one) are begun and cut off again and again until nothing is left to
// cut, and have to come out the same. Rows are compared by nobody. What would go wrong is a
// finding, not an error. Errors: kDenied when the role may not create databases, saying what to
// grant; else as Session::Connect's; kRejected when the way to `from` cannot be gone; kCancelled.
Result<RehearsalReport> Rehearse(const RehearsalRequest& request, const RehearsalSink& sink,
                                 const std::stop_token& stop);

}  // namespace schemaop
