#include "engine/index_evidence.h"

#include <optional>

#include "postgres/quote.h"

namespace schemaop {
namespace {

using Verdict = Judgement::Verdict;

// Who holds the lock that building, dropping and rebuilding an index takes on its table; 0: nobody.
// Progress views would hide it from a role that is not the builder's. Autovacuum holds it as well,
// as nobody, and gives way to whoever waits for it.
constexpr const char* kBuilderOfTable =
    "COALESCE((SELECT min(l.pid) FROM pg_catalog.pg_locks l WHERE l.locktype = 'relation' "
    "AND l.database = (SELECT d.oid FROM pg_catalog.pg_database d "
    "WHERE d.datname = pg_catalog.current_database()) AND l.relation = i.indrelid "
    "AND l.mode = 'ShareUpdateExclusiveLock' AND l.granted "
    "AND l.pid <> pg_catalog.pg_backend_pid() AND EXISTS (SELECT 1 FROM "
    "pg_catalog.pg_stat_activity b WHERE b.pid = l.pid AND b.usesysid IS NOT NULL)), 0)";

struct FoundIndex {
  std::string schema;
  bool valid = false;
  int builder = 0;  // process; 0: nobody
};

Result<std::optional<FoundIndex>> FindIndex(Session& session, const CatalogName& index,
                                            const std::string& table,
                                            const std::vector<std::string>& search_path,
                                            const std::stop_token& stop) {
  const auto places = index.schema.empty() ? search_path : std::vector{index.schema};
  for (const std::string& place : places) {
    auto rows =
        session.Query("SELECT i.indisvalid AND i.indisready, " + std::string(kBuilderOfTable) +
                          " FROM pg_catalog.pg_index i "
                          "JOIN pg_catalog.pg_class c ON c.oid = i.indexrelid "
                          "JOIN pg_catalog.pg_class t ON t.oid = i.indrelid "
                          "JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace "
                          "WHERE n.nspname = $1 AND c.relname = $2 AND ($3 = '' OR t.relname = $3)",
                      {place, index.name, table}, stop);
    if (!rows) {
      return Fail(WithContext(ToError(rows.error()), "cannot look for index " + index.name));
    }
    if (rows->empty()) continue;
    return FoundIndex{place, rows->front().Boolean(0), static_cast<int>(rows->front().Integer(1))};
  }
  return std::nullopt;
}

std::optional<int> Builder(int pid) { return pid == 0 ? std::nullopt : std::optional(pid); }

std::string DropSql(const std::string& schema, const std::string& index) {
  return "DROP INDEX CONCURRENTLY IF EXISTS " + QuoteQualified(schema, index);
}

// The condition on i (pg_index), t (its table) and n (the table's schema) that names the indexes of
// `rebuilt`; $1 is a schema, $2 a name. A table's TOAST index is rebuilt with it.
std::string ScopeCondition(RebuildsIndexes::Scope scope) {
  const std::string of_table =
      "i.indrelid IN (SELECT u.oid FROM pg_catalog.pg_class t "
      "JOIN pg_catalog.pg_namespace n ON n.oid = t.relnamespace, "
      "LATERAL (VALUES (t.oid), (t.reltoastrelid)) u(oid) WHERE ";
  switch (scope) {
    case RebuildsIndexes::Scope::kIndex:
      return of_table +
             "t.oid = (SELECT x.indrelid FROM pg_catalog.pg_index x "
             "JOIN pg_catalog.pg_class c ON c.oid = x.indexrelid "
             "JOIN pg_catalog.pg_namespace m ON m.oid = c.relnamespace "
             "WHERE m.nspname = $1 AND c.relname = $2))";
    case RebuildsIndexes::Scope::kTable:
      return of_table + "n.nspname = $1 AND t.relname = $2)";
    case RebuildsIndexes::Scope::kSchema:
      return of_table + "$1 = $1 AND n.nspname = $2)";
    case RebuildsIndexes::Scope::kDatabase:
      break;
  }
  return "$1 = $1 AND $2 = $2";
}

Result<void> AddLeftovers(Session& session, const RebuildsIndexes& rebuilt,
                          const std::string& place, Judgement& judgement,
                          const std::stop_token& stop) {
  auto rows = session.Query(
      "SELECT m.nspname, c.relname, " + std::string(kBuilderOfTable) +
          " FROM pg_catalog.pg_index i JOIN pg_catalog.pg_class c ON c.oid = i.indexrelid "
          "JOIN pg_catalog.pg_namespace m ON m.oid = c.relnamespace "
          "WHERE NOT i.indisvalid AND c.relname ~ '_cc(new|old)[0-9]*$' AND " +
          ScopeCondition(rebuilt.scope) + " ORDER BY 1, 2",
      {place, rebuilt.name.name}, stop);
  if (!rows) {
    return Fail(WithContext(ToError(rows.error()), "cannot look for left-over indexes"));
  }
  for (const Row& row : *rows) {
    judgement.repairs.push_back(DropSql(row.Text(0), row.Text(1)));
    if (!judgement.busy) judgement.busy = Builder(static_cast<int>(row.Integer(2)));
  }
  return {};
}

}  // namespace

Result<Judgement> JudgeIndexBuild(Session& session, const BuildsIndex& built,
                                  const std::vector<std::string>& search_path,
                                  const std::stop_token& stop) {
  auto found =
      FindIndex(session, {built.table.schema, built.index}, built.table.name, search_path, stop);
  if (!found) return Fail(found.error());
  if (!*found) return Judgement{Verdict::kRunAgain, {}, {}};
  if ((*found)->valid) return Judgement{Verdict::kDone, {}, {}};
  return Judgement{
      Verdict::kRunAgain, {DropSql((*found)->schema, built.index)}, Builder((*found)->builder)};
}

Result<Judgement> JudgeIndexDrop(Session& session, const DropsIndex& dropped,
                                 const std::vector<std::string>& search_path,
                                 const std::stop_token& stop) {
  auto found = FindIndex(session, dropped.index, "", search_path, stop);
  if (!found) return Fail(found.error());
  return Judgement{*found ? Verdict::kRunAgain : Verdict::kDone, {}, {}};
}

Result<Judgement> JudgeRebuild(Session& session, const RebuildsIndexes& rebuilt,
                               const std::vector<std::string>& search_path,
                               const std::stop_token& stop) {
  Judgement judgement{Verdict::kRunAgain, {}, {}};
  const bool by_name = rebuilt.scope == RebuildsIndexes::Scope::kIndex ||
                       rebuilt.scope == RebuildsIndexes::Scope::kTable;
  std::vector<std::string> places = {rebuilt.name.schema};
  if (by_name && rebuilt.name.schema.empty()) places = search_path;
  for (const std::string& place : places) {
    if (auto added = AddLeftovers(session, rebuilt, place, judgement, stop); !added) {
      return Fail(added.error());
    }
  }
  return judgement;
}

}  // namespace schemaop
