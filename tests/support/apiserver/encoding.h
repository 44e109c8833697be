// Texts and bytes: base64, time stamps, uids, random name suffixes.
#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <string_view>

namespace schemaop::devcluster {

std::string Base64Encode(std::string_view bytes);
// Standard alphabet with padding; nullopt when `text` is anything else.
std::optional<std::string> Base64Decode(std::string_view text);

std::string LowerCase(std::string text);

// "2026-08-01T10:00:00Z": metav1.Time.
std::string NowSeconds();
// The moment a metav1.Time or MicroTime names; nullopt when it is malformed.
std::optional<std::chrono::system_clock::time_point> ParseTime(const std::string& text);

// A version 4 uuid, and `length` characters as generateName appends them.
std::string RandomUid();
std::string RandomSuffix(int length = 5);

}  // namespace schemaop::devcluster
