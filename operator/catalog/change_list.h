// Differences as a list for a person.
#pragma once

#include <string>
#include <vector>

#include "catalog/change.h"

namespace schemaop {

// A line for each change, without those of the parts of what was added or removed as a whole: a new
// table is one line, whatever columns it has.
std::vector<std::string> ListChanges(const std::vector<ObjectChange>& changes);

}  // namespace schemaop
