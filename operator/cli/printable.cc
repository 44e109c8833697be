#include "cli/printable.h"

#include <algorithm>

#include <fmt/format.h>

#include "base/text.h"

namespace schemaop {
namespace {

constexpr std::string_view kSpace = " \t\r\n";
constexpr std::string_view kMask = "***";
constexpr std::string_view kPassword = "password";

// Where the word that begins at `begin` ends.
std::size_t WordEnd(std::string_view text, std::size_t begin) {
  return std::min(text.find_first_of(kSpace, begin), text.size());
}

// The same without what a sentence puts behind a word.
std::size_t BareWordEnd(std::string_view text, std::size_t begin) {
  const std::size_t last = text.find_last_not_of("'\":;,)", WordEnd(text, begin) - 1);
  return last == std::string_view::npos ? begin : std::max(begin, last + 1);
}

struct Span {
  std::size_t begin = 0;
  std::size_t end = 0;  // nothing to hide when it is not behind `begin`
};

// The password of the URL whose "//" ends at `begin`.
Span PasswordOfUrl(std::string_view text, std::size_t begin) {
  const std::size_t colon = text.find_first_of(":@/?'\" \t\r\n", begin);
  if (colon == std::string_view::npos || text[colon] != ':') return {};
  const std::size_t password = colon + 1;
  const std::string_view rest = text.substr(password, WordEnd(text, password) - password);
  if (const std::size_t at = rest.rfind('@'); at != std::string_view::npos) {
    return {password, password + at};
  }
  const std::size_t digits = std::min(rest.find_first_not_of("0123456789"), rest.size());
  const bool port = digits > 0 && rest.substr(digits, 1) == "/";
  return port ? Span{} : Span{password, BareWordEnd(text, password)};
}

// What stands behind "password", when that is "=" and a value. libpq's manual, section "Connection
// Strings": spaces around the '=' and values between single quotes.
Span PasswordValue(std::string_view text, std::size_t behind) {
  const std::size_t equals = text.find_first_not_of(kSpace, behind);
  if (equals == std::string_view::npos || text[equals] != '=') return {};
  const std::size_t begin = text.find_first_not_of(kSpace, equals + 1);
  if (begin == std::string_view::npos) return {};
  if (text[begin] != '\'') return {begin, BareWordEnd(text, begin)};
  std::size_t end = begin + 1;
  while (end < text.size() && text[end] != '\'') end += text[end] == '\\' ? 2 : 1;
  return {begin, std::min(end + 1, text.size())};
}

// What must not be shown of what begins at `at`.
Span SecretFrom(std::string_view text, std::size_t at) {
  if (text.substr(at, 2) == ":/") return PasswordOfUrl(text, text.find_first_not_of('/', at + 1));
  if (ToLower(text.substr(at, kPassword.size())) == kPassword) {
    return PasswordValue(text, at + kPassword.size());
  }
  return {};
}

}  // namespace

std::string MaskPasswords(std::string_view text) {
  std::string masked;
  std::size_t shown = 0;
  for (std::size_t at = 0; at < text.size(); ++at) {
    const Span secret = SecretFrom(text, at);
    if (secret.end <= secret.begin) continue;
    masked.append(text.substr(shown, secret.begin - shown)).append(kMask);
    shown = secret.end;
    at = secret.end - 1;
  }
  return masked.append(text.substr(shown));
}

std::string EscapeControls(std::string_view text) {
  std::string escaped;
  for (std::size_t at = 0; at < text.size(); ++at) {
    const auto c = static_cast<unsigned char>(text[at]);
    const auto next = static_cast<unsigned char>(at + 1 < text.size() ? text[at + 1] : '\0');
    if ((c < 0x20 && c != '\n' && c != '\t') || c == 0x7F) {
      escaped += fmt::format("\\x{:02x}", c);
    } else if (c == 0xC2 && next >= 0x80 && next <= 0x9F) {  // U+0080 to U+009F, controls as well
      escaped += fmt::format("\\x{:02x}", next);
      ++at;
    } else {
      escaped += text[at];
    }
  }
  return escaped;
}

}  // namespace schemaop
