#include "revision/lost_revisions.h"

#include <algorithm>
#include <utility>

#include "revision/transaction_mode.h"
#include "sql/splitter.h"

namespace schemaop {
namespace {

// Where a stored text's errors are.
std::string LedgerPlace(const RevisionId& id) { return std::string(kLedgerPlace) + id; }

Result<Section> DownSection(const StoredRevision& stored, const std::string& place) {
  auto statements = SplitStatements(*stored.down_sql, place);
  if (!statements) return Fail(std::move(statements.error()));
  Section section;
  section.text = *stored.down_sql;
  section.statements = *std::move(statements);
  // Rows of earlier versions do not say; what only some statements allow is run one by one.
  section.transactional = stored.down_transactional.value_or(
      FindTransactionMode(place, section.statements, {}).value_or(false));
  return section;
}

Result<Revision> ReviseFrom(const StoredRevision& stored) {
  Revision revision;
  revision.id = stored.id;
  revision.down_revisions = stored.down_revisions;
  revision.depends_on = stored.depends_on;
  revision.message = stored.message;
  revision.file = LedgerPlace(stored.id);
  revision.checksum = stored.checksum;
  revision.upgrade.text = stored.up_sql;
  revision.from_ledger = true;
  if (!stored.down_sql) return revision;
  auto down = DownSection(stored, revision.file);
  if (!down) return Fail(std::move(down.error()));
  revision.downgrade = *std::move(down);
  return revision;
}

const StoredRevision* FindStored(const std::vector<StoredRevision>& stored, const RevisionId& id) {
  const auto found = std::find_if(stored.begin(), stored.end(),
                                  [&](const StoredRevision& one) { return one.id == id; });
  return found == stored.end() ? nullptr : &*found;
}

// Walks from the unknown rows down to the first revisions that files declare.
class LostRevisions {
 public:
  LostRevisions(const RevisionGraph& files, const std::vector<StoredRevision>& stored)
      : files_(files), stored_(stored) {}

  Result<std::vector<Revision>> Under(const std::vector<RevisionId>& rows) {
    for (const RevisionId& row : rows) Note(row, "");
    for (std::size_t next = 0; next < needed_.size(); ++next) {
      if (auto added = Add(needed_[next]); !added) return Fail(std::move(added.error()));
    }
    return std::move(added_);
  }

 private:
  struct Needed {
    RevisionId id;
    RevisionId above;  // what was built on it; empty for a row
  };

  void Note(const RevisionId& id, const RevisionId& above) {
    const bool noted = std::any_of(needed_.begin(), needed_.end(),
                                   [&](const Needed& needed) { return needed.id == id; });
    if (!noted && !files_.IndexOf(id)) needed_.push_back({id, above});
  }

  Result<void> Add(const Needed& needed) {
    const StoredRevision* stored = FindStored(stored_, needed.id);
    if (stored == nullptr) return Fail(NotKept(needed));
    auto revision = ReviseFrom(*stored);
    if (!revision) return Fail(std::move(revision.error()));
    added_.push_back(*std::move(revision));
    for (const RevisionId& id : stored->down_revisions) Note(id, stored->id);
    for (const RevisionId& id : stored->depends_on) Note(id, stored->id);
    return {};
  }

  static Error NotKept(const Needed& needed) {
    if (needed.above.empty()) {
      return {ErrorCode::kNotFound,
              "revision " + needed.id + " is in no file and not in the ledger"};
    }
    return {ErrorCode::kNotFound, "revision " + needed.above +
                                      " is in no file; the ledger keeps it, but not revision " +
                                      needed.id + ", which it was built on"};
  }

  const RevisionGraph& files_;
  const std::vector<StoredRevision>& stored_;
  std::vector<Needed> needed_;
  std::vector<Revision> added_;
};

}  // namespace

std::vector<RevisionId> UnknownRows(const RevisionGraph& files, const Heads& heads) {
  std::vector<RevisionId> unknown;
  std::copy_if(heads.begin(), heads.end(), std::back_inserter(unknown),
               [&](const RevisionId& head) { return !files.IndexOf(head); });
  return unknown;
}

Result<void> CollectStored(
    const RevisionGraph& files, DatabaseState& state,
    const std::function<Result<std::optional<StoredRevision>>(const RevisionId& id)>& lookup) {
  // A ledger without a single applied revision is as good as none.
  if (state.ledger.empty()) return {};
  std::vector<RevisionId> wanted = UnknownRows(files, state.heads);
  for (std::size_t next = 0; next < wanted.size(); ++next) {
    auto stored = lookup(wanted[next]);
    if (!stored) return Fail(stored.error());
    if (!*stored) continue;
    for (const auto* below : {&(*stored)->down_revisions, &(*stored)->depends_on}) {
      for (const RevisionId& id : *below) {
        const bool noted = std::find(wanted.begin(), wanted.end(), id) != wanted.end();
        if (!noted && !files.IndexOf(id)) wanted.push_back(id);
      }
    }
    state.stored.push_back(*std::move(*stored));
  }
  return {};
}

Result<std::shared_ptr<const RevisionGraph>> CompleteFromLedger(
    std::shared_ptr<const RevisionGraph> files, const DatabaseState& state) {
  const std::vector<RevisionId> unknown = UnknownRows(*files, state.heads);
  if (unknown.empty()) return files;
  auto lost = LostRevisions(*files, state.stored).Under(unknown);
  if (!lost) return Fail(std::move(lost.error()));
  std::vector<Revision> revisions;
  for (RevisionGraph::Index i = 0; i < files->size(); ++i) revisions.push_back(files->At(i));
  for (Revision& revision : *lost) revisions.push_back(std::move(revision));
  auto graph = RevisionGraph::Build(std::move(revisions));
  if (!graph)
    return Fail(WithContext(std::move(graph.error()), "cannot add what the ledger keeps"));
  return std::make_shared<const RevisionGraph>(*std::move(graph));
}

}  // namespace schemaop
