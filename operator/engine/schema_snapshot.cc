#include "engine/schema_snapshot.h"

#include <algorithm>
#include <utility>

#include "catalog/expected_catalog.h"
#include "catalog/snapshot.h"
#include "engine/catalog_scope.h"
#include "engine/locked_run.h"
#include "engine/own_transaction.h"
#include "postgres/catalog_reader.h"
#include "postgres/snapshot_table.h"

namespace schemaop {
namespace {

SnapshotTable SnapshotTableOf(TargetDatabase& database) {
  return {database.session(), database.options().ledger_schema, database.version_table().Label()};
}

// In a transaction of its own: the hash that is kept beside the snapshot counts the table, too.
Result<void> MakeSnapshotTable(TargetDatabase& database, const std::stop_token& stop) {
  auto exists = SnapshotTableOf(database).Exists(stop);
  if (!exists) return Fail(exists.error());
  if (*exists) return {};
  auto transaction = OwnTransaction::Begin(database, stop);
  if (!transaction) return Fail(transaction.error());
  if (auto ledger = database.ledger().Create(stop); !ledger) return ledger;
  if (auto table = SnapshotTableOf(database).Create(stop); !table) return table;
  const CommitOutcome outcome = transaction->Commit(stop);
  if (outcome.kind == CommitOutcome::Kind::kCommitted) return {};
  return Fail(WithContext(ToError(outcome.error), "cannot create the snapshot's table"));
}

}  // namespace

Result<HashedCatalog> ReadOwnSchema(TargetDatabase& database, const std::stop_token& stop) {
  auto read = ReadHashedCatalog(database.session(), {}, stop);
  if (!read) return read;
  CatalogScope scope;
  scope.exclude = Excludes(database.options(), {});
  read->catalog = Narrow(read->catalog, scope);
  return read;
}

SnapshotKeeper SnapshotKeeper::Before(TargetDatabase& database, const Heads& heads,
                                      const std::stop_token& stop) {
  SnapshotKeeper keeper;
  auto drifted = Compare(database, heads, stop);
  if (drifted) {
    keeper.drifted_ = *std::move(drifted);
  } else {
    keeper.problem_ = drifted.error();
  }
  return keeper;
}

Result<std::optional<SnapshotKeeper::Drifted>> SnapshotKeeper::Compare(
    TargetDatabase& database, const Heads& heads, const std::stop_token& stop) {
  const SnapshotTable table = SnapshotTableOf(database);
  const auto row = table.Read(stop);
  if (!row) return Fail(row.error());
  Heads sorted = heads;
  std::sort(sorted.begin(), sorted.end());
  if (!*row || (*row)->heads != sorted) return std::nullopt;
  const auto hash = ReadChangeHash(database.session(), stop);
  if (!hash) return Fail(hash.error());
  if (*hash == (*row)->change_hash) return std::nullopt;
  auto before = ReadOwnSchema(database, stop);
  if (!before) return Fail(before.error());
  if (Fingerprint(before->catalog) == (*row)->fingerprint) return std::nullopt;
  const auto text = table.ReadCatalogText(stop);
  if (!text) return Fail(text.error());
  auto expected = ReadSnapshot(*text);
  // Written by another version: nothing to hold on to.
  if (!expected) return std::nullopt;
  return Drifted{*std::move(expected), std::move(before->catalog)};
}

Result<void> SnapshotKeeper::After(TargetDatabase& database, const Heads& heads, const Actor& actor,
                                   const std::stop_token& stop) const {
  if (problem_) return Fail(*problem_);
  if (auto reset = database.Reset(stop); !reset) return reset;
  if (auto made = MakeSnapshotTable(database, stop); !made) return made;
  auto now = ReadOwnSchema(database, stop);
  if (!now) return Fail(now.error());
  const std::string fingerprint = Fingerprint(now->catalog);
  const Catalog wanted = drifted_
                             ? ExpectedAfter(drifted_->expected, drifted_->before, now->catalog)
                             : std::move(now->catalog);
  SnapshotRow row;
  row.heads = heads;
  row.fingerprint = drifted_ ? Fingerprint(wanted) : fingerprint;
  row.actor = actor.name;
  if (row.fingerprint == fingerprint) row.change_hash = std::move(now->change_hash);
  return SnapshotTableOf(database).Write(row, WriteSnapshot(wanted), stop);
}

Result<void> AcceptSchema(const DatabaseOptions& options, const Actor& actor,
                          const std::stop_token& stop) {
  auto start = StartLockedRun(options, nullptr, stop);
  if (!start) {
    return Fail(start.error().error.value_or(Error{ErrorCode::kInternal, "the run did not start"}));
  }
  return SnapshotKeeper().After(*start->database, start->state.heads, actor, stop);
}

}  // namespace schemaop
