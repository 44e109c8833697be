#include "cli/rename_hints.h"

#include <fmt/format.h>

#include "base/text.h"
#include "catalog/rename.h"

namespace schemaop {
namespace {

constexpr std::string_view kMark = "renamed:";

// What stands behind the mark in a line that is a hint; empty for any other.
std::string_view HintOf(std::string_view line) {
  line = Trim(line);
  if (!line.starts_with("--")) return {};
  line = Trim(line.substr(2));
  return line.starts_with(kMark) ? Trim(line.substr(kMark.size())) : std::string_view();
}

}  // namespace

Result<std::vector<Rename>> ReadRenameHints(std::string_view file, std::string_view text,
                                            const Catalog& from, const Catalog& to) {
  std::vector<Rename> renames;
  int number = 0;
  for (const std::string& line : Split(text, '\n')) {
    ++number;
    const std::string_view hint = HintOf(line);
    if (hint.empty()) continue;
    auto rename = ReadRename(hint, from);
    if (!rename) {
      return Fail(WithContext(rename.error(), fmt::format("{}:{}", file, number)));
    }
    if (from.Find(rename->from) != nullptr && to.Find(rename->to) != nullptr &&
        to.Find(rename->from) == nullptr) {
      renames.push_back(*std::move(rename));
    }
  }
  return renames;
}

std::string RenameHint(const Rename& rename) { return "-- renamed: " + WriteRename(rename); }

}  // namespace schemaop
