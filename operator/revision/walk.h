// Walking the graph a number of steps, for relative targets.
#pragma once

#include <optional>
#include <string_view>
#include <variant>
#include <vector>

#include "base/error.h"
#include "revision/graph.h"
#include "revision/resolver.h"

namespace schemaop {

// Where a walk is. Alembic tells the empty state a name resolved to (kNowhere: up leads to the
// bases, down to the heads) from the base reached by walking down.
enum class WalkEnd { kNowhere, kBase };
using WalkPoint = std::variant<WalkEnd, RevisionGraph::Index>;

// What a walk does at the end of the graph.
enum class Overrun { kFail, kStay };

// `steps` up (positive) or down from `start` along single down edges; up only along the lineage of
// `branch` when that is not empty. nullopt when the graph ends first and `overrun` is kFail.
// kInvalid "ambiguous walk" where the way parts.
Result<std::optional<WalkPoint>> Walk(const Resolver& resolver, WalkPoint start, int steps,
                                      std::string_view branch, Overrun overrun);

// What `text` names where Alembic also takes "-2" and "branch@-2" to mean two below every real head
// (of those that carry the label); nullopt for a head that is not high enough. Everything else as
// Resolver::All.
using WalkPoints = std::vector<std::optional<WalkPoint>>;
Result<WalkPoints> PointsNamed(const Resolver& resolver, std::string_view text);

}  // namespace schemaop
