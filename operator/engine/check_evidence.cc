#include "engine/check_evidence.h"

#include <algorithm>
#include <charconv>
#include <string>
#include <utility>
#include <vector>

#include "base/time.h"
#include "engine/check_plan.h"
#include "postgres/sqlstate.h"

namespace schemaop {
namespace {

constexpr const char* kSavepoint = "SAVEPOINT schemaop_check";
constexpr const char* kBack =
    "ROLLBACK TO SAVEPOINT schemaop_check; RELEASE SAVEPOINT schemaop_check";

// Enough for a median that one slow execution does not move; fewer of a query that takes long.
constexpr std::size_t kExecutions = 9;
constexpr std::size_t kFewestExecutions = 3;
constexpr std::chrono::seconds kLongEnough{2};

Result<void> Run(Session& session, const char* sql, const std::stop_token& stop) {
  auto done = session.Execute(sql, stop);
  if (!done) return Fail(ToError(done.error()));
  return {};
}

SqlResult<CommandResult> Submit(Session& session, std::string sql, const std::stop_token& stop) {
  return session.Execute(
      {.sql = std::move(sql), .protocol = Protocol::kExtended, .rows = RowsUse::kKeep}, stop);
}

// The search path is the submitted one, in which everybody may have put functions and operators.
constexpr const char* kObjectSql =
    "SELECT c.relkind, i.indisvalid FROM (SELECT 1) one LEFT JOIN pg_catalog.pg_class c "
    "ON c.oid OPERATOR(pg_catalog.=) pg_catalog.to_regclass($1)::pg_catalog.oid "
    "LEFT JOIN pg_catalog.pg_index i ON i.indexrelid OPERATOR(pg_catalog.=) c.oid";

std::string KindName(const std::string& relkind) {
  if (relkind == "v") return "a view";
  if (relkind == "m") return "a materialized view";
  if (relkind == "i" || relkind == "I") return "an index";
  if (relkind == "S") return "a sequence";
  if (relkind == "c") return "a type";
  return "a table";
}

ObjectSeen SeeTable(const std::string& name, const Row& row) {
  if (row.IsNull(0)) return {name, "there is no table " + name};
  const std::string kind = row.Text(0);
  const bool table = kind == "r" || kind == "p" || kind == "f";
  return {name, table ? "" : name + " is " + KindName(kind)};
}

ObjectSeen SeeIndex(const std::string& name, const Row& row) {
  if (row.IsNull(0)) return {name, "there is no index " + name};
  const std::string kind = row.Text(0);
  if (kind != "i" && kind != "I") return {name, name + " is " + KindName(kind)};
  return {name, row.Boolean(1) ? "" : name + " is invalid"};
}

// One look for one check; what it did is taken back when it ends.
class Look {
 public:
  Look(Session& session, const std::stop_token& stop) : session_(session), stop_(stop) {}

  SqlResult<CheckEvidence> operator()(const TablesCheck& check) {
    return SeeObjects(check.tables, SeeTable);
  }
  SqlResult<CheckEvidence> operator()(const IndexesCheck& check) {
    return SeeObjects(check.indexes, SeeIndex);
  }
  SqlResult<CheckEvidence> operator()(const RejectsCheck& check);
  SqlResult<CheckEvidence> operator()(const QueryCheck& check);

 private:
  SqlResult<CheckEvidence> SeeObjects(const std::vector<std::string>& names,
                                      ObjectSeen (*see)(const std::string&, const Row&));
  SqlResult<void> SeeValue(const QueryCheck& check, QuerySeen& seen);
  SqlResult<void> SeeExecutions(const QueryCheck& check, QuerySeen& seen);
  SqlResult<void> SeePlan(const QueryCheck& check, QuerySeen& seen);

  Session& session_;
  const std::stop_token& stop_;
};

SqlResult<CheckEvidence> Look::SeeObjects(const std::vector<std::string>& names,
                                          ObjectSeen (*see)(const std::string&, const Row&)) {
  std::vector<ObjectSeen> objects;
  for (const std::string& name : names) {
    auto rows = session_.Query(kObjectSql, {name}, stop_);
    if (!rows) return tl::unexpected(rows.error());
    objects.push_back(see(name, rows->front()));
  }
  return CheckEvidence(std::move(objects));
}

SqlResult<CheckEvidence> Look::operator()(const RejectsCheck& check) {
  auto done = Submit(session_, check.statement.text, stop_);
  if (!done) return tl::unexpected(done.error());
  auto constraints = session_.Execute("SET CONSTRAINTS ALL IMMEDIATE", stop_);
  if (!constraints) return tl::unexpected(constraints.error());
  return CheckEvidence(AcceptedSeen{});
}

SqlResult<CheckEvidence> Look::operator()(const QueryCheck& check) {
  QuerySeen seen;
  if (check.at_least) {
    if (auto done = SeeValue(check, seen); !done) return tl::unexpected(done.error());
  }
  if (check.faster_than) {
    if (auto done = SeeExecutions(check, seen); !done) return tl::unexpected(done.error());
  }
  if (check.uses_index) {
    if (auto done = SeePlan(check, seen); !done) return tl::unexpected(done.error());
  }
  return CheckEvidence(std::move(seen));
}

// Through a cursor, so that a query of a million rows gives one.
SqlResult<void> Look::SeeValue(const QueryCheck& check, QuerySeen& seen) {
  auto declared = Submit(
      session_, "DECLARE schemaop_check NO SCROLL CURSOR FOR " + check.statement.text, stop_);
  if (!declared) return tl::unexpected(declared.error());
  auto fetched = Submit(session_, "FETCH 1 FROM schemaop_check", stop_);
  if (!fetched) return tl::unexpected(fetched.error());
  auto closed = session_.Execute("CLOSE schemaop_check", stop_);
  if (!closed) return tl::unexpected(closed.error());
  if (fetched->rows.empty()) {
    seen.value = QuerySeen::Value::kNoRow;
  } else if (fetched->rows.front().IsNull(0)) {
    seen.value = QuerySeen::Value::kNull;
  } else {
    seen.value = QuerySeen::Value::kText;
    seen.text = fetched->rows.front().Text(0);
  }
  return {};
}

SqlResult<void> Look::SeeExecutions(const QueryCheck& check, QuerySeen& seen) {
  std::chrono::nanoseconds spent{0};
  while (seen.executions.size() < kExecutions &&
         (seen.executions.size() < kFewestExecutions || spent < kLongEnough)) {
    auto took = MeasureExecution(session_, check.statement, stop_);
    if (!took) return tl::unexpected(took.error());
    seen.executions.push_back(*took);
    spent += *took;
  }
  return {};
}

SqlResult<void> Look::SeePlan(const QueryCheck& check, QuerySeen& seen) {
  auto plan = ReadPlan(session_, check.statement, stop_);
  if (!plan) return tl::unexpected(plan.error());
  seen.indexes = std::move(plan->indexes);
  seen.scans = std::move(plan->scans);
  auto names = NamesInPlans(session_, *check.uses_index, stop_);
  if (!names) return tl::unexpected(names.error());
  seen.names = *std::move(names);
  return {};
}

bool IsExpected(const Check& check, const SqlError& error) {
  const auto* rejects = std::get_if<RejectsCheck>(&check.what);
  return rejects != nullptr && rejects->sqlstate == error.sqlstate;
}

}  // namespace

Result<CheckEvidence> GatherEvidence(TargetDatabase& database, const Check& check,
                                     const std::stop_token& stop) {
  Session& session = database.session();
  if (auto begun = Run(session, kSavepoint, stop); !begun) return Fail(begun.error());
  auto evidence = std::visit(Look(session, stop), check.what);
  if (!evidence && (evidence.error().sqlstate.empty() || (IsTransient(evidence.error().sqlstate) &&
                                                          !IsExpected(check, evidence.error())))) {
    return Fail(WithContext(ToError(evidence.error()), "check '" + check.name + "'"));
  }
  if (auto back = Run(session, kBack, stop); !back) return Fail(back.error());
  if (evidence) return *std::move(evidence);
  return CheckEvidence(RefusalSeen{evidence.error().sqlstate, evidence.error().message});
}

}  // namespace schemaop
