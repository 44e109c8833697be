#include "engine/interrupted_statement.h"

#include <chrono>

#include "base/fault_point.h"
#include "engine/index_evidence.h"
#include "postgres/quote.h"

namespace schemaop {
namespace {

using Verdict = Judgement::Verdict;

constexpr std::chrono::seconds kRepairPatience{5};

template <typename... Ts>
struct Overloaded : Ts... {
  using Ts::operator()...;
};
template <typename... Ts>
Overloaded(Ts...) -> Overloaded<Ts...>;

// Whether `query` ($1, $2: schema and name of `named`) finds a row, and that row.
Result<std::optional<Row>> FindNamed(Session& session, const std::string& query,
                                     const CatalogName& named, std::vector<std::string> more,
                                     const std::vector<std::string>& search_path,
                                     const std::stop_token& stop) {
  const auto places = named.schema.empty() ? search_path : std::vector{named.schema};
  for (const std::string& place : places) {
    std::vector<std::string> parameters = {place, named.name};
    parameters.insert(parameters.end(), more.begin(), more.end());
    auto rows = session.Query(query, parameters, stop);
    if (!rows) return Fail(WithContext(ToError(rows.error()), "cannot look for " + named.name));
    if (!rows->empty()) return rows->front();
  }
  return std::nullopt;
}

Result<Judgement> JudgeDetachment(Session& session, const DetachesPartition& detached,
                                  const std::vector<std::string>& search_path,
                                  const std::stop_token& stop) {
  auto parent = FindNamed(session,
                          "SELECT c.oid, n.nspname FROM pg_catalog.pg_class c "
                          "JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace "
                          "WHERE n.nspname = $1 AND c.relname = $2 AND c.relkind = 'p'",
                          detached.table, {}, search_path, stop);
  if (!parent) return Fail(parent.error());
  // Without its table the server says best what is wrong.
  if (!*parent) return Judgement{Verdict::kRunAgain, {}, {}};
  auto partition = FindNamed(
      session,
      "SELECT n.nspname, h.inhdetachpending, COALESCE((SELECT min(l.pid) "
      "FROM pg_catalog.pg_locks l WHERE l.locktype = 'relation' AND l.relation = $3::oid "
      "AND l.mode = 'ShareUpdateExclusiveLock' AND l.granted "
      "AND l.pid <> pg_catalog.pg_backend_pid() AND EXISTS (SELECT 1 FROM "
      "pg_catalog.pg_stat_activity b WHERE b.pid = l.pid AND b.usesysid IS NOT NULL)), 0) "
      "FROM pg_catalog.pg_class c "
      "JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace "
      "LEFT JOIN pg_catalog.pg_inherits h ON h.inhrelid = c.oid AND h.inhparent = $3::oid "
      "WHERE n.nspname = $1 AND c.relname = $2",
      detached.partition, {(*parent)->Text(0)}, search_path, stop);
  if (!partition) return Fail(partition.error());
  if (!*partition) return Judgement{Verdict::kRunAgain, {}, {}};
  const Row& row = **partition;
  if (row.IsNull(1)) return Judgement{Verdict::kDone, {}, {}};
  if (!row.Boolean(1)) return Judgement{Verdict::kRunAgain, {}, {}};
  const int busy = static_cast<int>(row.Integer(2));
  return Judgement{
      Verdict::kDone,
      {"ALTER TABLE " + QuoteQualified((*parent)->Text(1), detached.table.name) +
       " DETACH PARTITION " + QuoteQualified(row.Text(0), detached.partition.name) + " FINALIZE"},
      busy == 0 ? std::nullopt : std::optional(busy)};
}

Result<Judgement> JudgeEnumValue(Session& session, const AddsEnumValue& added,
                                 const std::vector<std::string>& search_path,
                                 const std::stop_token& stop) {
  auto found = FindNamed(session,
                         "SELECT 1 FROM pg_catalog.pg_type t "
                         "JOIN pg_catalog.pg_namespace n ON n.oid = t.typnamespace "
                         "JOIN pg_catalog.pg_enum e ON e.enumtypid = t.oid "
                         "WHERE n.nspname = $1 AND t.typname = $2 AND e.enumlabel = $3",
                         added.type, {added.value}, search_path, stop);
  if (!found) return Fail(found.error());
  return Judgement{*found ? Verdict::kDone : Verdict::kRunAgain, {}, {}};
}

Result<Judgement> JudgeExistence(Session& session, const ChangesExistence& change,
                                 const std::stop_token& stop) {
  const char* query = "";
  switch (change.kind) {
    case ChangesExistence::Kind::kDatabase:
      query = "SELECT 1 FROM pg_catalog.pg_database WHERE datname = $1";
      break;
    case ChangesExistence::Kind::kTablespace:
      query = "SELECT 1 FROM pg_catalog.pg_tablespace WHERE spcname = $1";
      break;
    case ChangesExistence::Kind::kSubscription:
      query =
          "SELECT 1 FROM pg_catalog.pg_subscription s JOIN pg_catalog.pg_database d "
          "ON d.oid = s.subdbid WHERE s.subname = $1 AND d.datname = pg_catalog.current_database()";
      break;
  }
  auto rows = session.Query(query, {change.name}, stop);
  if (!rows) return Fail(WithContext(ToError(rows.error()), "cannot look for " + change.name));
  const bool there = !rows->empty();
  return Judgement{there == change.creates ? Verdict::kDone : Verdict::kRunAgain, {}, {}};
}

}  // namespace

Result<Judgement> JudgeStatement(Session& session, const std::string& sql,
                                 const std::vector<std::string>& search_path,
                                 const std::stop_token& stop) {
  const auto effect = EffectOf(sql);
  if (!effect) return Judgement{};
  return std::visit(
      Overloaded{
          [&](const BuildsIndex& e) { return JudgeIndexBuild(session, e, search_path, stop); },
          [&](const DropsIndex& e) { return JudgeIndexDrop(session, e, search_path, stop); },
          [&](const RebuildsIndexes& e) { return JudgeRebuild(session, e, search_path, stop); },
          [&](const DetachesPartition& e) {
            return JudgeDetachment(session, e, search_path, stop);
          },
          [&](const AddsEnumValue& e) { return JudgeEnumValue(session, e, search_path, stop); },
          [&](const ChangesExistence& e) { return JudgeExistence(session, e, stop); },
          [&](const MayBeRepeated&) -> Result<Judgement> {
            return Judgement{Verdict::kRunAgain, {}, {}};
          },
      },
      *effect);
}

Result<std::optional<std::string>> FindPlace(Session& session, const std::string& sql,
                                             const std::vector<std::string>& search_path,
                                             const std::stop_token& stop) {
  const auto effect = EffectOf(sql);
  const CatalogName* named = nullptr;
  std::string query =
      "SELECT n.nspname FROM pg_catalog.pg_class c "
      "JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace "
      "WHERE n.nspname = $1 AND c.relname = $2";
  if (!effect) return std::nullopt;
  if (const auto* built = std::get_if<BuildsIndex>(&*effect)) named = &built->table;
  if (const auto* dropped = std::get_if<DropsIndex>(&*effect)) named = &dropped->index;
  if (const auto* added = std::get_if<AddsEnumValue>(&*effect)) {
    named = &added->type;
    query =
        "SELECT n.nspname FROM pg_catalog.pg_type t "
        "JOIN pg_catalog.pg_namespace n ON n.oid = t.typnamespace "
        "WHERE n.nspname = $1 AND t.typname = $2";
  }
  if (named == nullptr || !named->schema.empty()) return std::nullopt;
  auto found = FindNamed(session, query, *named, {}, search_path, stop);
  if (!found) return Fail(found.error());
  if (!*found) return std::nullopt;
  return (*found)->Text(0);
}

Result<void> Repair(Session& session, const Judgement& judgement, const std::stop_token& stop) {
  if (judgement.repairs.empty()) return {};
  if (judgement.busy) {
    return Fail(ErrorCode::kBusy,
                "another session (pid " + std::to_string(*judgement.busy) +
                    ") still works on what the statement left; it is tried again");
  }
  for (const std::string& sql : judgement.repairs) {
    SCHEMAOP_FAULT_POINT("engine.index.dropping");
    auto repaired = session.Execute(
        StatementInput{.sql = sql,
                       .copy_data = {},
                       .deadline = std::chrono::steady_clock::now() + kRepairPatience},
        stop);
    SCHEMAOP_FAULT_POINT("engine.index.dropped");
    if (repaired) continue;
    Error error = WithContext(ToError(repaired.error()),
                              "cannot clear away what was left half done (" + sql + ")");
    // Whoever uses it ends some time.
    const bool waited = !stop.stop_requested() && repaired.error().sqlstate == "57014";
    if (waited) error.code = ErrorCode::kBusy;
    return Fail(std::move(error));
  }
  return {};
}

}  // namespace schemaop
