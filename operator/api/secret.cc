#include "api/secret.h"

#include <cstdint>
#include <optional>
#include <string_view>
#include <utility>

#include <nlohmann/json.hpp>

namespace schemaop {
namespace {

std::optional<std::uint32_t> Base64Value(char c) {
  if (c >= 'A' && c <= 'Z') return static_cast<std::uint32_t>(c - 'A');
  if (c >= 'a' && c <= 'z') return static_cast<std::uint32_t>(c - 'a' + 26);
  if (c >= '0' && c <= '9') return static_cast<std::uint32_t>(c - '0' + 52);
  if (c == '+') return 62;
  if (c == '/') return 63;
  return std::nullopt;
}

// Standard base64 with padding, as Go's encoding/json writes []byte; nullopt for anything else.
std::optional<std::string> DecodeBase64(std::string_view text) {
  if (text.size() % 4 != 0) return std::nullopt;
  std::size_t digits = text.size();
  while (digits > 0 && text.size() - digits < 2 && text[digits - 1] == '=') --digits;
  std::string bytes;
  bytes.reserve(text.size() / 4 * 3);
  std::uint32_t window = 0;
  int bits = 0;
  for (const char c : text.substr(0, digits)) {
    const auto value = Base64Value(c);
    if (!value) return std::nullopt;
    window = (window << 6U) | *value;
    bits += 6;
    if (bits < 8) continue;
    bits -= 8;
    bytes += static_cast<char>((window >> static_cast<unsigned>(bits)) & 0xFFU);
  }
  return bytes;
}

// Decodes every entry of `object[member]` into `data`. The error names the entry, never its value.
Result<void> DecodeInto(std::map<std::string, std::string>& data, const nlohmann::json& object,
                        const char* member) {
  const auto entries = object.find(member);
  if (entries == object.end() || entries->is_null()) return {};
  if (!entries->is_object()) {
    return Fail(ErrorCode::kInvalid, std::string(member) + ": must be an object");
  }
  for (const auto& [name, value] : entries->items()) {
    auto bytes = value.is_string() ? DecodeBase64(value.get_ref<const std::string&>())
                                   : std::optional<std::string>();
    if (!bytes) {
      return Fail(ErrorCode::kInvalid, std::string(member) + "." + name + ": is not base64");
    }
    data.insert_or_assign(name, std::move(*bytes));
  }
  return {};
}

}  // namespace

Result<Secret> ParseSecret(const nlohmann::json& object) {
  auto metadata = ParseObjectMeta(object);
  if (!metadata) return Fail(metadata.error());
  Secret secret{std::move(*metadata), {}};
  if (auto decoded = DecodeInto(secret.data, object, "data"); !decoded) {
    return Fail(decoded.error());
  }
  return secret;
}

Result<ConfigMap> ParseConfigMap(const nlohmann::json& object) {
  auto metadata = ParseObjectMeta(object);
  if (!metadata) return Fail(metadata.error());
  ConfigMap config_map{std::move(*metadata), {}};
  if (auto decoded = DecodeInto(config_map.data, object, "binaryData"); !decoded) {
    return Fail(decoded.error());
  }
  const auto texts = object.find("data");
  if (texts == object.end() || texts->is_null()) return config_map;
  if (!texts->is_object()) return Fail(ErrorCode::kInvalid, "data: must be an object");
  for (const auto& [name, value] : texts->items()) {
    if (!value.is_string()) {
      return Fail(ErrorCode::kInvalid, "data." + name + ": must be a string");
    }
    config_map.data.insert_or_assign(name, value.get<std::string>());
  }
  return config_map;
}

}  // namespace schemaop
