#include "sql/destroys.h"

#include <array>
#include <string_view>
#include <vector>

#include <fmt/format.h>

#include "base/text.h"

namespace schemaop {
namespace {

// What can be dropped, and whether dropping it alone loses data (with CASCADE any of them may).
struct Droppable {
  std::string_view keywords;
  std::string_view noun;
  bool holds_data;
};

constexpr std::array<Droppable, 12> kDroppables = {{
    {"TABLE", "table", true},
    {"SCHEMA", "schema", true},
    {"DATABASE", "database", true},
    {"SEQUENCE", "sequence", true},
    {"EXTENSION", "extension", true},
    {"OWNED BY", "everything owned by", true},
    {"TYPE", "type", false},
    {"DOMAIN", "domain", false},
    {"FUNCTION", "function", false},
    {"PROCEDURE", "procedure", false},
    {"ROUTINE", "routine", false},
    {"COLLATION", "collation", false},
}};

bool Cascades(const Keywords& words) {
  return words.size() > 0 && words.At(words.size() - 1).upper == "CASCADE";
}

std::optional<std::string> FindDrop(const Keywords& words) {
  for (const Droppable& kind : kDroppables) {
    if (!words.Match(1, kind.keywords)) continue;
    const bool cascades = Cascades(words);
    if (!kind.holds_data && !cascades) return std::nullopt;
    const std::size_t name = words.Skip(words.Skip(1, kind.keywords), "IF EXISTS");
    return fmt::format("drops {} {}{}", kind.noun, words.NamesAt(name),
                       cascades ? " and everything that depends on it" : "");
  }
  return std::nullopt;
}

std::optional<std::string> FindTruncate(const Keywords& words) {
  return fmt::format("truncates {}{}", words.NamesAt(words.Skip(1, "TABLE")),
                     Cascades(words) ? " and every table that refers to it" : "");
}

// The end of the comma-separated action that starts at `from`.
std::size_t EndOfAction(const Keywords& words, std::size_t from) {
  return words.Find(",", 0, from, words.size());
}

// ALTER TABLE t ... DROP [COLUMN] c ..., and ALTER TYPE t DROP ATTRIBUTE a: the parts that go, as
// "t.c".
std::vector<std::string> FindDroppedParts(const Keywords& words, std::string_view part_keyword) {
  std::vector<std::string> parts;
  std::size_t at = words.Skip(words.Skip(2, "IF EXISTS"), "ONLY");
  const std::string owner = words.NameAt(at, at);
  at = words.Skip(at, "*");
  for (; at < words.size(); at = EndOfAction(words, at) + 1) {
    const bool constraint = words.Match(at, "DROP CONSTRAINT");
    if (constraint || !words.Match(at, "DROP")) continue;
    std::size_t name = words.Skip(words.Skip(at + 1, part_keyword), "IF EXISTS");
    parts.push_back(fmt::format("{}.{}", owner, words.NameAt(name, name)));
  }
  return parts;
}

std::optional<std::string> FindAlter(const Keywords& words) {
  const bool table = words.Match(1, "TABLE");
  if (!table && !words.Match(1, "TYPE")) return std::nullopt;
  const auto parts = FindDroppedParts(words, table ? "COLUMN" : "ATTRIBUTE");
  if (parts.empty()) return std::nullopt;
  return fmt::format("drops {}{} {}", table ? "column" : "attribute", parts.size() > 1 ? "s" : "",
                     Join(parts, ", "));
}

// DELETE FROM t without WHERE, at the top or as a part of WITH.
std::optional<std::string> FindDelete(const Keywords& words) {
  for (std::size_t at = 0; at < words.size(); ++at) {
    if (!words.Match(at, "DELETE FROM")) continue;
    const int depth = words.At(at).depth;
    std::size_t end = at;
    while (end < words.size() && words.At(end).depth >= depth) ++end;
    if (words.Find("WHERE", depth, at, end) != end) continue;
    std::size_t name = words.Skip(words.Skip(at, "DELETE FROM"), "ONLY");
    return fmt::format("deletes every row of {}", words.NameAt(name, name));
  }
  return std::nullopt;
}

}  // namespace

std::optional<std::string> FindDestruction(const Keywords& words) {
  if (words.Match(0, "DROP")) return FindDrop(words);
  if (words.Match(0, "TRUNCATE")) return FindTruncate(words);
  if (words.Match(0, "ALTER")) return FindAlter(words);
  if (words.Match(0, "DELETE") || words.Match(0, "WITH")) return FindDelete(words);
  return std::nullopt;
}

}  // namespace schemaop
