#include "cli/ledger_problem.h"

#include <algorithm>
#include <utility>

#include <fmt/format.h>

#include "base/text.h"

namespace schemaop {
namespace {

// The rows that stay once every revision without a file is taken back.
std::vector<RevisionId> RowsOfFiles(const RevisionGraph& history, const Heads& current) {
  RevisionGraph::Indices rows;
  for (const RevisionId& id : current) rows.push_back(*history.IndexOf(id));
  RevisionSet applied = history.Ancestors(rows);
  for (const auto index : applied.Members()) {
    if (history.At(index).from_ledger) applied.Erase(index);
  }
  return history.Ids(history.EffectiveHeads(applied));
}

std::string WayBack(const std::vector<RevisionId>& rows) {
  if (rows.empty()) return "base";
  if (rows.size() == 1) return rows.front();
  return fmt::format("TARGET, down to {}", Join(rows, ", "));
}

}  // namespace

std::string DescribeChanged(const Project& project, std::vector<ChangedRevision> changed,
                            const std::string& program) {
  for (ChangedRevision& one : changed) one.file = RevisionPath(project, one.file);
  return DescribeChanged(changed, program);
}

CommandFailure DescribeLostRevisions(const RevisionGraph& history, const Heads& current,
                                     const std::string& program) {
  std::vector<RevisionId> lost;
  std::copy_if(current.begin(), current.end(), std::back_inserter(lost),
               [&](const RevisionId& id) { return history.Find(id)->from_ledger; });
  return {ExitCode::kFailed,
          fmt::format("the database is at revision '{}', which no file of this project declares; "
                      "get that file back, or take it back as the ledger keeps it: {} downgrade {}",
                      Join(lost, "', '"), program, WayBack(RowsOfFiles(history, current)))};
}

}  // namespace schemaop
