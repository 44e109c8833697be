#include "revision/migration_part.h"

#include <algorithm>
#include <tuple>

#include <fmt/format.h>

#include "base/text.h"
#include "revision/graph.h"
#include "revision/revision_header.h"
#include "revision/transaction_mode.h"
#include "sql/splitter.h"

namespace schemaop {
namespace {

constexpr std::string_view kDigits = "0123456789";

std::string WithoutLeadingZeros(std::string_view digits) {
  return std::string(digits.substr(std::min(digits.find_first_not_of('0'), digits.size())));
}

}  // namespace

bool MigrationVersion::operator<(const MigrationVersion& other) const {
  return std::lexicographical_compare(parts.begin(), parts.end(), other.parts.begin(),
                                      other.parts.end(),
                                      [](const std::string& a, const std::string& b) {
                                        return std::tuple(a.size(), a) < std::tuple(b.size(), b);
                                      });
}

std::string_view BaseName(std::string_view file) {
  const std::size_t slash = file.rfind('/');
  return slash == std::string_view::npos ? file : file.substr(slash + 1);
}

std::string_view LeadingDigits(std::string_view name) {
  return name.substr(0, std::min(name.find_first_not_of(kDigits), name.size()));
}

Result<MigrationVersion> ParseMigrationVersion(std::string_view file, std::string_view written,
                                               std::string_view separators) {
  if (written.size() > RevisionGraph::kMaxIdLength) {
    return FailAt(file, {1, 1},
                  fmt::format("version {} has {} characters: the version table holds at most {}",
                              written, written.size(), RevisionGraph::kMaxIdLength));
  }
  MigrationVersion version{std::string(written), {}};
  for (std::string_view rest = written;;) {
    const std::size_t end = std::min(rest.find_first_of(separators), rest.size());
    version.parts.push_back(WithoutLeadingZeros(rest.substr(0, end)));
    if (end == rest.size()) break;
    rest = rest.substr(end + 1);
  }
  // 1.0 is 1.
  while (version.parts.size() > 1 && version.parts.back().empty()) version.parts.pop_back();
  return version;
}

std::string TitleWords(std::string_view slug) {
  std::string words(slug);
  std::replace(words.begin(), words.end(), '_', ' ');
  return std::string(Trim(words));
}

Result<Section> ParseWholeFile(std::string_view file, std::string_view text,
                               std::string_view when_mixed) {
  auto statements = SplitStatements(text, file);
  if (!statements) return Fail(statements.error());
  TransactionMark mark;
  mark.when_mixed = when_mixed;
  const auto transactional = FindTransactionMode(file, *statements, mark);
  if (!transactional) return Fail(transactional.error());
  Section section;
  section.text = Trim(text);
  section.statements = *std::move(statements);
  section.transactional = *transactional;
  return section;
}

}  // namespace schemaop
