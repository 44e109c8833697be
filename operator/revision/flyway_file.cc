#include <optional>
#include <string>

#include "base/sha256.h"
#include "base/text.h"
#include "revision/foreign_file.h"
#include "revision/revision_header.h"
#include "revision/source_text.h"
#include "sql/text_position.h"

namespace schemaop {
namespace {

constexpr std::string_view kExtension = ".sql";
constexpr std::string_view kSeparator = "__";

// The parts of "V1.2__add_users.sql".
struct FlywayName {
  char prefix = 'V';
  std::string_view version;
  std::string_view title;
};

// Numbers with one '.' or '_' between any two.
bool IsVersion(std::string_view text) {
  bool digit = false;
  for (const char c : text) {
    const bool is_digit = c >= '0' && c <= '9';
    const bool separates = c == '.' || c == '_';
    if (!is_digit && !(separates && digit)) return false;
    digit = is_digit;
  }
  return digit;
}

std::optional<FlywayName> ParseFlywayName(std::string_view name) {
  if (name.empty() || !name.ends_with(kExtension)) return std::nullopt;
  name.remove_suffix(kExtension.size());
  const std::size_t separator = name.find(kSeparator);
  if (separator == 0 || separator == std::string_view::npos) return std::nullopt;
  const FlywayName parts{name.front(), name.substr(1, separator - 1),
                         name.substr(separator + kSeparator.size())};
  const bool repeatable = parts.prefix == 'R' && parts.version.empty();
  const bool versioned = std::string_view("VUB").find(parts.prefix) != std::string_view::npos &&
                         IsVersion(parts.version);
  return repeatable || versioned ? std::optional(parts) : std::nullopt;
}

Result<FlywayName> ReadName(const SourceFile& file) {
  const auto name = ParseFlywayName(BaseName(file.name));
  if (!name) {
    return FailAt(file.name, {1, 1},
                  "the name of a Flyway migration is V1__title.sql, or U1__title.sql for what "
                  "undoes it: rename it, or move it elsewhere");
  }
  if (name->prefix == 'R') {
    return FailAt(file.name, {1, 1},
                  "a repeatable migration is no step of a history: make it a versioned one, a new "
                  "version for each change");
  }
  if (name->prefix == 'B') {
    return FailAt(file.name, {1, 1},
                  "a baseline migration is no step of a history: move it elsewhere; a database "
                  "that is there already is marked by schemactl stamp");
  }
  return *name;
}

// Of our own files, which to Flyway are comments, with what stands below them as part of the whole.
Result<void> RefuseSectionMarks(const SourceFile& file, std::string_view text) {
  int number = 0;
  for (const std::string& line : Split(text, '\n')) {
    ++number;
    if (!IsSectionMark(Trim(line))) continue;
    return FailAt(
        file.name, {number, 1},
        "a Flyway migration has no sections, and what stands below this line would be run "
        "as part of it: put what undoes V1__title.sql into U1__title.sql beside it");
  }
  return {};
}

}  // namespace

bool IsFlywayFile(const SourceFile& file) {
  return ParseFlywayName(BaseName(file.name)).has_value();
}

Result<MigrationPart> ReadFlywayFile(const SourceFile& file) {
  const auto name = ReadName(file);
  if (!name) return Fail(name.error());
  auto version = ParseMigrationVersion(file.name, name->version, "._");
  if (!version) return Fail(version.error());
  const auto text = NormaliseSourceText(file.name, file.text);
  if (!text) return Fail(text.error());
  if (const std::size_t at = text->find("${"); at != std::string::npos) {
    return FailAt(file.name, TextPosition(*text).At(at),
                  "Flyway would put a value in place of this \"${...}\": write the value itself, "
                  "SQL runs as it stands here");
  }
  if (auto plain = RefuseSectionMarks(file, *text); !plain) return Fail(plain.error());
  auto section =
      ParseWholeFile(file.name, *text, "move it to a migration of its own, as Flyway wants it too");
  if (!section) return Fail(section.error());
  MigrationPart part{*std::move(version), TitleWords(name->title),
                     file.name,           Sha256Hex(*text),
                     std::nullopt,        std::nullopt};
  (name->prefix == 'V' ? part.upgrade : part.downgrade) = *std::move(section);
  return part;
}

}  // namespace schemaop
