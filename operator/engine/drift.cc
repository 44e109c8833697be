#include "engine/drift.h"

#include <algorithm>
#include <utility>

#include "base/text.h"
#include "catalog/change_list.h"
#include "catalog/diff.h"
#include "catalog/snapshot.h"
#include "engine/catalog_scope.h"
#include "engine/schema_snapshot.h"
#include "postgres/advisory_lock.h"
#include "postgres/catalog_reader.h"
#include "postgres/snapshot_table.h"

namespace schemaop {
namespace {

DriftFinding WithoutSnapshot(std::string why) {
  return {.kind = DriftFinding::Kind::kNoSnapshot,
          .changes = {},
          .sql = {},
          .why = std::move(why) + "; the next migration keeps one, or schemactl drift --accept",
          .looked_at = {}};
}

std::string NameHeads(const Heads& heads) { return heads.empty() ? "base" : Join(heads, ", "); }

// Why `row` says nothing of a database at `heads`.
std::optional<std::string> WhyUseless(const std::optional<SnapshotRow>& row, Heads heads) {
  if (!row) return "no snapshot of the schema was kept yet";
  std::sort(heads.begin(), heads.end());
  if (row->heads == heads) return std::nullopt;
  return "the snapshot of the schema is from revision " + NameHeads(row->heads) +
         ", and the database is at " + NameHeads(heads);
}

class DriftLook {
 public:
  DriftLook(TargetDatabase& database, const DriftQuestion& question, const std::stop_token& stop)
      : database_(database),
        table_(database.session(), database.options().ledger_schema,
               database.version_table().Label()),
        question_(question),
        stop_(stop) {}

  Result<DriftFinding> Run(const Heads& heads) {
    const auto row = table_.Read(stop_);
    if (!row) return Fail(row.error());
    if (auto useless = WhyUseless(*row, heads)) return WithoutSnapshot(*std::move(useless));
    const auto hash = ReadChangeHash(database_.session(), stop_);
    if (!hash) return Fail(hash.error());
    DriftFinding finding;
    finding.looked_at = *hash + " " + (*row)->fingerprint + " " + (*row)->taken_at;
    if (*hash == (*row)->change_hash) return finding;
    if (question_.last && question_.last->looked_at == finding.looked_at) return *question_.last;
    const auto live = ReadOwnSchema(database_, stop_);
    if (!live) return Fail(live.error());
    if (Fingerprint(live->catalog) == (*row)->fingerprint) return finding;
    return Compare(live->catalog, std::move(finding));
  }

 private:
  Result<DriftFinding> Compare(const Catalog& live, DriftFinding finding) {
    const auto text = table_.ReadCatalogText(stop_);
    if (!text) return Fail(text.error());
    const auto snapshot = ReadSnapshot(*text);
    if (!snapshot) return WithoutSnapshot(snapshot.error().message);
    constexpr int kMajor = 10000;  // of server versions
    if (snapshot->origin().server_version / kMajor != live.origin().server_version / kMajor) {
      return WithoutSnapshot(
          "the snapshot of the schema is from another major version of PostgreSQL");
    }
    CatalogScope scope = question_.scope;
    scope.exclude = Excludes(database_.options(), question_.scope.exclude);
    const Catalog is = Narrow(live, scope);
    const Catalog should = Narrow(*snapshot, scope);
    const auto changes = FindChanges(should, is);
    if (changes.empty()) return finding;
    finding.kind = DriftFinding::Kind::kDrifted;
    finding.changes = ListChanges(changes);
    const SchemaDiff back = Diff(is, should);
    for (const Refusal& refusal : back.refusals) {
      finding.sql += SqlComment(Text(refusal.object) + ": " + refusal.reason);
    }
    finding.sql += RenderScript(back.statements);
    return finding;
  }

  TargetDatabase& database_;
  SnapshotTable table_;
  const DriftQuestion& question_;
  const std::stop_token& stop_;
};

}  // namespace

Result<std::optional<DriftFinding>> FindDrift(TargetDatabase& database, const Heads& heads,
                                              const DriftQuestion& question,
                                              const std::stop_token& stop) {
  const auto busy = IsLockHeld(database.session(), database.lock_key(), stop);
  if (!busy) return Fail(busy.error());
  if (*busy) return std::nullopt;
  auto finding = DriftLook(database, question, stop).Run(heads);
  if (!finding) return Fail(finding.error());
  return *std::move(finding);
}

Result<std::optional<DriftFinding>> FindDrift(const DatabaseOptions& options,
                                              const DriftQuestion& question,
                                              const std::stop_token& stop) {
  auto database = TargetDatabase::Open(options, stop);
  if (!database) return Fail(database.error());
  const auto heads = (*database)->ReadHeads(stop);
  if (!heads) return Fail(heads.error());
  return FindDrift(**database, *heads, question, stop);
}

}  // namespace schemaop
