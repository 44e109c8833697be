// The text of a file as it is parsed and summed: the same wherever it was checked out.
#pragma once

#include <string>
#include <string_view>

#include "base/error.h"

namespace schemaop {

// `text` without a BOM and with LF line ends. kInvalid as "file:line:column: ..." for bad UTF-8 and
// NUL.
Result<std::string> NormaliseSourceText(std::string_view file, std::string_view text);

}  // namespace schemaop
