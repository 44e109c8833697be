// What a statement throws away that no later statement brings back.
#pragma once

#include <optional>
#include <string>

#include "sql/keywords.h"

namespace schemaop {

// A phrase for a person, such as "drops table payments" or "deletes every row of payments", when
// the statement drops something that holds data (tables, schemas, columns, types with CASCADE ...),
// truncates, or deletes without WHERE; nullopt when nothing is lost. Views, indexes, constraints
// and functions can be made again and are not named. What a DO block or a called function does
// cannot be seen.
std::optional<std::string> FindDestruction(const Keywords& words);

}  // namespace schemaop
