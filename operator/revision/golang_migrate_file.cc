#include <optional>
#include <string>

#include "base/sha256.h"
#include "base/text.h"
#include "revision/foreign_file.h"
#include "revision/revision_header.h"
#include "revision/source_text.h"
#include "sql/splitter.h"
#include "sql/text_position.h"

namespace schemaop {
namespace {

constexpr std::string_view kUp = ".up.sql";
constexpr std::string_view kDown = ".down.sql";

// The parts of "000001_create_users.up.sql".
struct GolangMigrateName {
  std::string_view version;
  std::string_view title;
  Direction direction = Direction::kUpgrade;
};

std::optional<GolangMigrateName> ParseGolangMigrateName(std::string_view name) {
  const bool up = name.ends_with(kUp);
  if (!up && !name.ends_with(kDown)) return std::nullopt;
  const std::string_view version = LeadingDigits(name);
  name.remove_suffix(up ? kUp.size() : kDown.size());
  if (version.empty() || version.size() >= name.size() || name[version.size()] != '_') {
    return std::nullopt;
  }
  return GolangMigrateName{version, name.substr(version.size() + 1),
                           up ? Direction::kUpgrade : Direction::kDowngrade};
}

// The keywords of a short statement, upper case, one space between them.
std::string Words(const Statement& statement) {
  std::string words;
  for (const char c : statement.text.substr(0, 40)) {
    const bool space = c == ' ' || c == '\t' || c == '\n';
    if (space && !words.empty() && words.back() != ' ') words += ' ';
    if (!space) words += c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c;
  }
  return std::string(Trim(words));
}

bool Begins(const Statement& statement) {
  const std::string words = Words(statement);
  return words == "BEGIN" || words == "BEGIN TRANSACTION" || words == "BEGIN WORK" ||
         words == "START TRANSACTION";
}

bool Commits(const Statement& statement) {
  const std::string words = Words(statement);
  return words == "COMMIT" || words == "COMMIT TRANSACTION" || words == "COMMIT WORK" ||
         words == "END" || words == "END TRANSACTION" || words == "END WORK";
}

// Spaces in place of the statement and its semicolon, so that everything else stays where it is.
void Blank(std::string& text, const Statement& statement) {
  TextPosition position(text);
  std::size_t begin = 0;
  while (position.At(begin) != statement.position) ++begin;
  const std::size_t end = begin + statement.text.size();
  const bool semicolon = end < text.size() && text[end] == ';';
  for (std::size_t i = begin; i < end + (semicolon ? 1 : 0); ++i) {
    if (text[i] != '\n') text[i] = ' ';
  }
}

// Takes out a BEGIN that everything follows together with the COMMIT that ends it.
Result<void> TakeOutTransaction(std::string_view file, std::string& text) {
  const auto statements = SplitStatements(text, file);
  if (!statements) return Fail(statements.error());
  if (statements->size() < 2) return {};
  if (!Begins(statements->front()) || !Commits(statements->back())) return {};
  Blank(text, statements->front());
  Blank(text, statements->back());
  return {};
}

}  // namespace

bool IsGolangMigrateFile(const SourceFile& file) {
  return ParseGolangMigrateName(BaseName(file.name)).has_value();
}

Result<MigrationPart> ReadGolangMigrateFile(const SourceFile& file) {
  const auto name = ParseGolangMigrateName(BaseName(file.name));
  if (!name) {
    return FailAt(file.name, {1, 1},
                  "the name of a golang-migrate migration is 1_title.up.sql, or 1_title.down.sql "
                  "for what undoes it: rename it, or move it elsewhere");
  }
  auto version = ParseMigrationVersion(file.name, name->version);
  if (!version) return Fail(version.error());
  auto text = NormaliseSourceText(file.name, file.text);
  if (!text) return Fail(text.error());
  std::string checksum = Sha256Hex(*text);
  if (auto taken = TakeOutTransaction(file.name, *text); !taken) return Fail(taken.error());
  auto section = ParseWholeFile(file.name, *text, "move it to a migration of its own");
  if (!section) return Fail(section.error());
  MigrationPart part{*std::move(version), TitleWords(name->title),
                     file.name,           std::move(checksum),
                     std::nullopt,        std::nullopt};
  (name->direction == Direction::kUpgrade ? part.upgrade : part.downgrade) = *std::move(section);
  return part;
}

}  // namespace schemaop
