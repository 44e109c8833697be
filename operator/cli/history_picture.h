// `history --graph` and `history --format`: the history drawn.
#pragma once

#include <optional>
#include <string>

#include "cli/command.h"
#include "cli/workspace.h"
#include "revision/graph.h"

namespace schemaop {

enum class Picture { kNone, kTree, kMermaid, kDot, kSvg };

// Prints `revisions` (children first) as `picture`. `rows` tells applied from pending. On a
// terminal a tree's lines are cut to its width; box characters are used where the locale's
// encoding is UTF-8. REQUIRES: not kNone.
Outcome<void> PrintPicture(CommandContext& context, const Workspace& workspace,
                           const RevisionGraph::Indices& revisions,
                           const std::optional<Heads>& rows, Picture picture);

}  // namespace schemaop
