#include "engine/check_plan.h"

#include <utility>

namespace schemaop {
namespace {

// The search path is the submitted one, in which everybody may have put functions and operators.
constexpr const char* kScansSql =
    "SELECT DISTINCT n OPERATOR(pg_catalog.->>) 'Index Name', "
    "pg_catalog.concat_ws(' ', n OPERATOR(pg_catalog.->>) 'Node Type', "
    "'using ' OPERATOR(pg_catalog.||) (n OPERATOR(pg_catalog.->>) 'Index Name'), "
    "'on ' OPERATOR(pg_catalog.||) (n OPERATOR(pg_catalog.->>) 'Relation Name')) "
    "FROM pg_catalog.jsonb_path_query($1::pg_catalog.jsonb, "
    "'strict $.** ? (exists(@.\"Index Name\") || exists(@.\"Relation Name\"))', '{}', true) n "
    "ORDER BY 2";

constexpr const char* kTimeSql =
    "SELECT pg_catalog.round((pg_catalog.jsonb_path_query_first($1::pg_catalog.jsonb, "
    "'$.\"Execution Time\"') OPERATOR(pg_catalog.#>>) '{}')::pg_catalog.numeric "
    "OPERATOR(pg_catalog.*) 1000000)::pg_catalog.int8";

constexpr const char* kNamesSql =
    "WITH RECURSIVE part(oid) AS (SELECT c.oid FROM pg_catalog.pg_class c "
    "WHERE c.relname OPERATOR(pg_catalog.=) $1::pg_catalog.name "
    "AND c.relkind OPERATOR(pg_catalog.=) ANY ('{i,I}'::\"char\"[]) "
    "UNION SELECT i.inhrelid FROM part p JOIN pg_catalog.pg_inherits i "
    "ON i.inhparent OPERATOR(pg_catalog.=) p.oid) "
    "SELECT c.relname FROM part p JOIN pg_catalog.pg_class c ON c.oid OPERATOR(pg_catalog.=) p.oid";

// The JSON that EXPLAIN gives, which is one row.
SqlResult<std::string> Explain(Session& session, const std::string& how, const Statement& query,
                               const std::stop_token& stop) {
  auto answer = session.Execute({.sql = "EXPLAIN (" + how + "FORMAT JSON) " + query.text,
                                 .protocol = Protocol::kExtended,
                                 .rows = RowsUse::kKeep},
                                stop);
  if (!answer) return tl::unexpected(answer.error());
  return answer->rows.empty() ? "[]" : answer->rows.front().Text(0);
}

}  // namespace

SqlResult<QueryPlan> ReadPlan(Session& session, const Statement& query,
                              const std::stop_token& stop) {
  auto json = Explain(session, "", query, stop);
  if (!json) return tl::unexpected(json.error());
  auto rows = session.Query(kScansSql, {*json}, stop);
  if (!rows) return tl::unexpected(rows.error());
  QueryPlan plan;
  for (const Row& row : *rows) {
    if (!row.IsNull(0)) plan.indexes.push_back(row.Text(0));
    plan.scans.push_back(row.Text(1));
  }
  return plan;
}

SqlResult<std::chrono::nanoseconds> MeasureExecution(Session& session, const Statement& query,
                                                     const std::stop_token& stop) {
  // Clocks at every node would cost more than many a query.
  auto json = Explain(session, "ANALYZE, TIMING OFF, ", query, stop);
  if (!json) return tl::unexpected(json.error());
  auto rows = session.Query(kTimeSql, {*json}, stop);
  if (!rows) return tl::unexpected(rows.error());
  return std::chrono::nanoseconds(rows->front().Integer(0));
}

SqlResult<std::vector<std::string>> NamesInPlans(Session& session, const std::string& index,
                                                 const std::stop_token& stop) {
  auto rows = session.Query(kNamesSql, {index}, stop);
  if (!rows) return tl::unexpected(rows.error());
  std::vector<std::string> names;
  for (const Row& row : *rows) names.push_back(row.Text(0));
  return names;
}

}  // namespace schemaop
