// A graph in one line: "a; b<a [shop]; c<a~b; m<b,c". In load order; `<` parents, `~` dependencies,
// `[]` labels.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "revision/graph.h"

namespace schemaop {

// The revisions of `notation`, each with a message "doc of <id>", a file "<id>.sql" and an empty
// down section; an id with '!' behind it has none (irreversible).
std::vector<Revision> RevisionsOf(std::string_view notation);

// The graph of `notation`, which must be a good one.
RevisionGraph GraphOf(std::string_view notation);

// The text of the error that `notation` gives as a graph; "built" when it gives none.
std::string BuildErrorOf(std::string_view notation);

}  // namespace schemaop
