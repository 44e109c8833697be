#include "cli/source_excerpt.h"

#include <algorithm>
#include <vector>

#include <fmt/format.h>

#include "base/text.h"

namespace schemaop {
namespace {

// What is left of an 80 column terminal after the line number.
constexpr std::size_t kWidest = 72;
constexpr std::size_t kBeforePlace = 48;

// The characters of well-formed UTF-8, one a piece.
std::vector<std::string_view> Characters(std::string_view text) {
  std::vector<std::string_view> characters;
  for (std::size_t at = 0; at < text.size();) {
    std::size_t end = at + 1;
    while (end < text.size() && IsInsideCharacter(text[end])) ++end;
    characters.push_back(text.substr(at, end - at));
    at = end;
  }
  return characters;
}

std::string Concatenate(const std::vector<std::string_view>& characters, std::size_t first,
                        std::size_t last) {
  std::string text;
  for (std::size_t i = first; i < last; ++i) text += characters[i];
  return text;
}

}  // namespace

std::string SourceExcerpt(std::string_view text, int line, int column) {
  const std::vector<std::string> lines = Split(text, '\n');
  if (line < 1 || static_cast<std::size_t>(line) > lines.size()) return "";
  std::string_view source = lines[static_cast<std::size_t>(line) - 1];
  if (source.ends_with('\r')) source.remove_suffix(1);
  const auto characters = Characters(source);
  const std::size_t place =
      column < 1 ? 0 : std::min(static_cast<std::size_t>(column) - 1, characters.size());
  const std::size_t first =
      place > kBeforePlace && characters.size() > kWidest ? place - kBeforePlace : 0;
  const std::size_t last = std::min(characters.size(), first + kWidest);
  const std::string before = first > 0 ? "..." : "";
  const std::string after = last < characters.size() ? "..." : "";
  std::string excerpt =
      fmt::format("{:>5} | {}{}{}\n", line, before, Concatenate(characters, first, last), after);
  if (column < 1) return excerpt;
  std::string padding(before.size(), ' ');
  for (std::size_t i = first; i < place; ++i) padding += characters[i] == "\t" ? "\t" : " ";
  return excerpt + fmt::format("{:>5} | {}^\n", "", padding);
}

}  // namespace schemaop
