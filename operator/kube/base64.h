// Base64 as kubeconfigs, credential plugins and HTTP's Basic scheme use it (RFC 4648, section 4).
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace schemaop {

std::string EncodeBase64(std::string_view bytes);

// Line breaks are passed over; empty when `text` is no base64.
std::optional<std::string> DecodeBase64(std::string_view text);

}  // namespace schemaop
