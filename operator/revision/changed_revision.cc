#include "revision/changed_revision.h"

#include <algorithm>
#include <string_view>
#include <unordered_map>

#include "base/text.h"

namespace schemaop {
namespace {

// Enough to compare by eye and to be found with grep.
constexpr std::size_t kShownDigits = 12;

std::string Short(std::string_view checksum) {
  return std::string(checksum.substr(0, kShownDigits));
}

RevisionGraph::Indices KnownRows(const RevisionGraph& graph, const Heads& heads) {
  RevisionGraph::Indices rows;
  for (const RevisionId& head : heads) {
    if (const auto index = graph.IndexOf(head)) rows.push_back(*index);
  }
  return rows;
}

// ", as do 003, 004"
std::string Besides(const std::vector<ChangedRevision>& changed) {
  std::vector<std::string> others;
  for (std::size_t i = 1; i < changed.size(); ++i) others.push_back(changed[i].revision);
  return others.empty() ? "" : " (changed as well: " + Join(others, ", ") + ")";
}

}  // namespace

std::vector<ChangedRevision> FindChangedRevisions(const RevisionGraph& graph,
                                                  const DatabaseState& state) {
  std::unordered_map<std::string_view, const LedgerEntry*> recorded;
  for (const LedgerEntry& entry : state.ledger) {
    if (entry.direction == Direction::kUpgrade && !entry.checksum.empty()) {
      recorded.emplace(entry.revision, &entry);
    }
  }
  std::vector<ChangedRevision> changed;
  for (const auto index : graph.Ancestors(KnownRows(graph, state.heads)).Members()) {
    const Revision& revision = graph.At(index);
    const auto entry = recorded.find(revision.id);
    if (entry == recorded.end() || entry->second->checksum == revision.checksum) continue;
    changed.push_back({.revision = revision.id,
                       .file = revision.file,
                       .found = revision.checksum,
                       .recorded = entry->second->checksum,
                       .applied_at = entry->second->finished_at});
  }
  return changed;
}

std::string DescribeChanged(const std::vector<ChangedRevision>& changed,
                            const std::string& program) {
  const ChangedRevision& first = changed.front();
  return "revision " + first.revision + " was changed after it had been applied: " + first.file +
         " has the checksum " + Short(first.found) + ", the ledger recorded " +
         Short(first.recorded) + " at " + first.applied_at + Besides(changed) +
         "; put the text back and write the change as a new revision, or, when the new text is " +
         "right for what the database holds, say so: " + program + " ledger accept " +
         first.revision;
}

}  // namespace schemaop
