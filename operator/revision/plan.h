// Planning: from the heads a database is at to the steps that bring it to a target. The one place
// that computes steps; used without the lock to show what is pending and again under the lock to
// run.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/error.h"
#include "revision/graph.h"
#include "revision/revision.h"

namespace schemaop {

// One statement on the version table; each must match exactly one row.
struct VersionChange {
  enum class Kind { kInsert, kUpdate, kDelete };
  Kind kind = Kind::kInsert;
  RevisionId from;  // kUpdate, kDelete: the row that must be there
  RevisionId to;    // kInsert, kUpdate: the row afterwards

  bool operator==(const VersionChange&) const = default;
};

// One revision upgraded or downgraded, with what it does to the version table.
struct Step {
  Direction direction = Direction::kUpgrade;
  RevisionId revision;
  std::vector<VersionChange> changes;  // in order
  Heads heads_after;

  bool operator==(const Step&) const = default;
};

struct Plan {
  Heads from;
  Heads to;  // heads after the last step
  std::vector<Step> steps;
  std::vector<std::string> warnings;  // what Alembic warns of, for a person

  bool operator==(const Plan&) const = default;
};

// A stamp changes version rows and runs nothing.
struct StampStep {
  std::vector<RevisionId> from;  // the rows it takes the place of; none: it is a new branch
  RevisionId to;                 // empty: base
  std::vector<VersionChange> changes;
  Heads heads_after;

  bool operator==(const StampStep&) const = default;
};

struct StampPlan {
  Heads from;
  Heads to;
  bool purge = false;  // every row is deleted first
  std::vector<StampStep> steps;

  bool operator==(const StampPlan&) const = default;
};

// `alembic upgrade TARGET`, every form of it. kNotFound/kInvalid with a sentence for a person.
Result<Plan> PlanUpgrade(const RevisionGraph& graph, const Heads& current, std::string_view target);

// `alembic downgrade TARGET`. An irreversible revision on the way is kInvalid, naming it.
Result<Plan> PlanDowngrade(const RevisionGraph& graph, const Heads& current,
                           std::string_view target);

// `alembic stamp TARGET... [--purge]`.
Result<StampPlan> PlanStamp(const RevisionGraph& graph, const Heads& current,
                            const std::vector<std::string>& targets, bool purge);

// What an absolute target means for a database that is to stay there: the target's revisions, none
// of which requires another.
struct Goal {
  std::vector<RevisionId> revisions;  // what the target resolved to; empty for base
};

// Resolves an absolute target (head, heads, base, id, unique prefix, label, label@head|base|id).
// kInvalid for a relative one, saying why; kNotFound when it names nothing or several, listing
// candidates.
Result<Goal> ResolveGoal(const RevisionGraph& graph, std::string_view target);

// The plan that makes `goal` the state of a database at `current`: an upgrade when part of the goal
// is not applied, else a downgrade of what stands above it, else no steps. Never both directions at
// once. Applied revisions that no file declares (Revision::from_ledger) are downgraded in any
// case, before an upgrade: the goal does not speak of them. kNotFound, naming it, when `current`
// holds a revision the graph does not know.
Result<Plan> PlanTowards(const RevisionGraph& graph, const Heads& current, const Goal& goal);

}  // namespace schemaop
