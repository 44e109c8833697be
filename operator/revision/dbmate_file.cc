#include <algorithm>
#include <optional>
#include <string>

#include "base/sha256.h"
#include "base/text.h"
#include "revision/foreign_file.h"
#include "revision/revision_header.h"
#include "revision/section.h"
#include "revision/source_text.h"

namespace schemaop {
namespace {

// A line and where it begins.
struct Line {
  std::string_view text;  // trimmed
  std::size_t offset = 0;
  int number = 1;
};

// The first line that is a mark, or no comment; nullopt when all are comments.
std::optional<Line> FindFirstLine(std::string_view text) {
  Line line;
  while (line.offset < text.size()) {
    const std::size_t end = std::min(text.find('\n', line.offset), text.size());
    line.text = Trim(text.substr(line.offset, end - line.offset));
    const bool comment = line.text.empty() || line.text.starts_with("--");
    if (!comment || IsSectionMark(line.text)) return line;
    line.offset = end + 1;
    ++line.number;
  }
  return std::nullopt;
}

}  // namespace

bool IsDbmateFile(const SourceFile& file) {
  if (LeadingDigits(BaseName(file.name)).empty()) return false;
  const std::string_view text = file.text;
  for (std::size_t at = text.find("migrate:"); at != std::string_view::npos;
       at = text.find("migrate:", at + 1)) {
    const std::size_t begin = at == 0 ? 0 : text.rfind('\n', at - 1) + 1;
    if (IsSectionMark(Trim(text.substr(begin, text.find('\n', at) - begin)))) return true;
  }
  return false;
}

Result<MigrationPart> ReadDbmateFile(const SourceFile& file) {
  const std::string_view name = BaseName(file.name);
  const std::string_view digits = LeadingDigits(name);
  if (digits.empty()) {
    return FailAt(file.name, {1, 1},
                  "the name of a dbmate migration begins with its number, such as "
                  "20261122100000_title.sql: rename it, or move it elsewhere");
  }
  auto version = ParseMigrationVersion(file.name, digits);
  if (!version) return Fail(version.error());
  const auto text = NormaliseSourceText(file.name, file.text);
  if (!text) return Fail(text.error());
  const auto first = FindFirstLine(*text);
  if (!first || !IsSectionMark(first->text)) {
    return FailAt(file.name, {first ? first->number : 1, 1},
                  "put a line \"-- migrate:up\" above the SQL: a dbmate migration begins with it");
  }
  auto sections = ParseSections(file.name, *text, first->offset, first->number);
  if (!sections) return Fail(sections.error());
  const std::string_view slug = name.substr(digits.size());
  return MigrationPart{*std::move(version),
                       TitleWords(slug.substr(0, slug.rfind(".sql"))),
                       file.name,
                       Sha256Hex(*text),
                       std::move(sections->upgrade),
                       std::move(sections->downgrade)};
}

}  // namespace schemaop
