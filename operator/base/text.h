// Small text functions used everywhere. ASCII rules unless said otherwise; no locale.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace schemaop {

// `text` without leading and trailing spaces, tabs, CR and LF.
std::string_view Trim(std::string_view text);

// The parts of `text` between `separator`s, empty ones included: "a,,b" gives three. "" gives one.
std::vector<std::string> Split(std::string_view text, char separator);

// The non-empty trimmed parts of `text` between commas.
std::vector<std::string> SplitList(std::string_view text);

// `parts` with `separator` between each two, empty ones included.
std::string Join(const std::vector<std::string>& parts, std::string_view separator);

// `text` with 'a' to 'z' for 'A' to 'Z'; every other byte stays as it is.
std::string ToLower(std::string_view text);

// The byte offset of the first byte that is not part of well-formed UTF-8 (RFC 3629: no surrogates,
// no overlong forms, at most U+10FFFF) or that is NUL; nullopt when there is none.
std::optional<std::size_t> FindInvalidUtf8(std::string_view text);

// The number of characters (code points) in well-formed UTF-8.
std::size_t CountCodePoints(std::string_view text);

// Whether `byte` continues a character of UTF-8, so that text must not be cut before it.
constexpr bool IsInsideCharacter(char byte) {
  return (static_cast<unsigned char>(byte) & 0xC0U) == 0x80U;
}

// The most bytes of `text`, `max_bytes` or fewer, that end between two characters of UTF-8.
std::size_t CutLength(std::string_view text, std::size_t max_bytes);

// `text` cut to at most `max_bytes` bytes, never inside a character; "..." marks the cut.
std::string Truncate(std::string_view text, std::size_t max_bytes);

// `text` between two `quote`s, with each of those inside it doubled: how SQL quotes.
std::string QuoteDoubling(char quote, std::string_view text);

// `text` as a JSON string with its quotes. Malformed UTF-8 becomes U+FFFD.
std::string JsonQuote(std::string_view text);

}  // namespace schemaop
