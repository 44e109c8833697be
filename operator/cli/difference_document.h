// The result of `check`, `diff` and `drift` for machines and wide terminals.
#pragma once

#include <string>
#include <vector>

#include "cli/document.h"

namespace schemaop {

// json and yaml: {"agree", "changes": ["index app.i removed"], "sql"}; tables: a line a change.
// `sql` is what takes the changes back, or makes them; "" where a command has none. REQUIRES: not
// kText.
std::string DifferenceDocument(OutputFormat format, const std::vector<std::string>& changes,
                               const std::string& sql);

}  // namespace schemaop
