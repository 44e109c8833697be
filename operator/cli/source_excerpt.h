// A line of a file with a caret under the place that is meant.
#pragma once

#include <string>
#include <string_view>

namespace schemaop {

// Two lines, each ended: "   14 | ALTER TABLE projects ..." and the caret under `column` (both
// count from 1, columns in characters). Without a column (0) the source line alone; "" when `text`
// has no such line. Tabs stay tabs above the caret; a long line is cut around the place.
std::string SourceExcerpt(std::string_view text, int line, int column);

}  // namespace schemaop
