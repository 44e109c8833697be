// Text from elsewhere, made fit for JSON.
#pragma once

#include <string>

namespace schemaop {

// `text` with every malformed byte of UTF-8 replaced by U+FFFD. A server's or a file's words may be
// in any encoding; JSON text may not.
std::string WellFormed(const std::string& text);

}  // namespace schemaop
