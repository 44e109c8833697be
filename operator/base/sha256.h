// SHA-256, by OpenSSL.
#pragma once

#include <string>
#include <string_view>

namespace schemaop {

// The digest of `bytes` as 64 lower-case hexadecimal digits.
std::string Sha256Hex(std::string_view bytes);

}  // namespace schemaop
