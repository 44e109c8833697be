#include "catalog/change_list.h"

#include <set>

namespace schemaop {

std::vector<std::string> ListChanges(const std::vector<ObjectChange>& changes) {
  std::set<std::string> whole;
  for (const ObjectChange& change : changes) {
    if (change.kind != ChangeKind::kChanged && change.id.container.empty()) {
      whole.insert(change.id.name);
    }
  }
  std::vector<std::string> lines;
  for (const ObjectChange& change : changes) {
    const bool part = !change.id.container.empty() && whole.contains(change.id.container);
    if (!part) lines.push_back(Text(change));
  }
  return lines;
}

}  // namespace schemaop
