// The beginning of a query for people who look for who runs it: without the values in it.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace schemaop {

// `sql` on one line, without comments, each literal (strings of every kind, numbers, bit strings)
// replaced by "?", cut to `most` characters and "..." behind a cut. What cannot be read, such as a
// string whose end is missing, and everything behind it, is left out: it may be a value.
std::string QueryHead(std::string_view sql, std::size_t most);

}  // namespace schemaop
