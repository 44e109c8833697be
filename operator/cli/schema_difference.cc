#include "cli/schema_difference.h"

#include <fmt/format.h>

#include "catalog/change_list.h"
#include "cli/rename_hints.h"

namespace schemaop {

std::string ChangeLines(const std::vector<ObjectChange>& changes) {
  std::string lines;
  for (const std::string& line : ListChanges(changes)) lines += line + "\n";
  return lines;
}

std::string DifferenceScript(const SchemaDiff& diff) {
  std::string text;
  for (const Refusal& refusal : diff.refusals) {
    text += SqlComment("not possible: " + Text(refusal.object) + ": " + refusal.reason);
  }
  if (!text.empty()) text += "\n";
  return text + RenderScript(diff.statements);
}

std::string RenameOffer(const Rename& rename, const std::string& schema_file) {
  return fmt::format("{} and {} look like a rename; if they are one, write this line into {}: {}",
                     Text(rename.from), Text(rename.to), schema_file, RenameHint(rename));
}

}  // namespace schemaop
