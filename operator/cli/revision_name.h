// Names for a new revision: its identifier and its file.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "revision/graph.h"

namespace schemaop {

// The identifier of the next revision. In a project that counts (every id is a decimal number of at
// most six digits: 001, 002 ...) the number after the highest, as wide as the widest; otherwise
// Alembic's kind, twelve hexadecimal digits, here the low 48 bits of `random`.
RevisionId NextRevisionId(const RevisionGraph& graph, std::uint64_t random);

// "<id>_<slug>.sql"; the slug is the message's words in lower case, cut at a word to 40 characters.
// Only ASCII letters, digits and '_', so that the name can also be a key of a Kubernetes ConfigMap;
// "<id>.sql" without any.
std::string RevisionFileName(std::string_view id, std::string_view message);

}  // namespace schemaop
