#include "engine/sql_script.h"

#include <algorithm>
#include <utility>

#include "base/text.h"
#include "engine/sql_script_checks.h"
#include "postgres/quote.h"
#include "postgres/session.h"
#include "revision/step_line.h"
#include "sql/lexer.h"
#include "sql/session_change.h"

namespace schemaop {
namespace {

std::string Comment(std::string text) {
  std::replace_if(
      text.begin(), text.end(), [](char c) { return c == '\n' || c == '\r'; }, ' ');
  return "-- " + text;
}

std::string MillisecondsText(std::chrono::milliseconds time) {
  return std::to_string(time.count());
}

// The operator is qualified for the sake of everybody who can create one in the table's schema.
std::string ChangeSql(const std::string& table, const VersionChange& change) {
  const std::string from = QuoteLiteral(change.from);
  const std::string to = QuoteLiteral(change.to);
  switch (change.kind) {
    case VersionChange::Kind::kInsert:
      return "INSERT INTO " + table + " (version_num) VALUES (" + to + ");";
    case VersionChange::Kind::kUpdate:
      return "UPDATE " + table + " SET version_num = " + to +
             " WHERE version_num OPERATOR(pg_catalog.=) " + from + ";";
    case VersionChange::Kind::kDelete:
      break;
  }
  return "DELETE FROM " + table + " WHERE version_num OPERATOR(pg_catalog.=) " + from + ";";
}

// Whether psql would take a variable's name behind a colon (psqlscan.l).
bool BeginsVariable(char c) {
  return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_' ||
         c == '\'' || c == '"' || c == '{' || static_cast<unsigned char>(c) >= 0x80;
}

}  // namespace

std::string EscapeForPsql(const std::string& statement) {
  std::string escaped;
  std::size_t copied = 0;
  Lexer lexer(statement);
  auto token = lexer.Next();
  for (; token && token->kind != TokenKind::kEnd; token = lexer.Next()) {
    if (token->kind != TokenKind::kSymbol || statement[token->begin] != ':') continue;
    const char next = token->end < statement.size() ? statement[token->end] : ' ';
    if (next == ':' || next == '=') {
      lexer.MoveTo(token->end + 1);  // "::" and ":=" are whole to psql
    } else if (BeginsVariable(next)) {
      escaped += statement.substr(copied, token->begin - copied) + "\\:";
      copied = token->end;
    }
  }
  return escaped + statement.substr(copied);
}

SqlScript::SqlScript(const DatabaseOptions& options, Heads from,
                     const std::vector<std::string>& remarks)
    : options_(options), rows_(std::move(from)) {
  AppendLine("\\set ON_ERROR_STOP on");
  AppendLine("\\set AUTOCOMMIT on");
  for (const std::string& remark : remarks) AppendLine(Comment(remark));
  AppendLine("-- For psql: psql --no-psqlrc --file=SCRIPT DATABASE");
  AppendLine("-- Changes nothing unless the database is at " + DescribeRows(rows_) +
             "; leaves no rows in the ledger.");
  AppendState();
  AppendLine(StartCheckSql(options_, rows_));
}

void SqlScript::AppendState() {
  AppendLine(std::string(kUndoSessionSql) + ";");
  AppendLine("SET client_encoding = 'UTF8'; " + std::string(kSessionSettingsSql) + ";");
  text_ += EnterSql(options_);
}

void SqlScript::AppendLimits() {
  AppendLine("SET LOCAL lock_timeout = " + MillisecondsText(options_.lock_timeout) +
             "; SET LOCAL statement_timeout = " + MillisecondsText(options_.statement_timeout) +
             ";");
}

void SqlScript::AppendRows(const std::string& what, const std::vector<VersionChange>& changes,
                           const Heads& heads_after) {
  AppendLine("RESET SESSION AUTHORIZATION; RESET ROLE; RESET search_path;");
  text_ += EnterSql(options_);
  AppendLine(StepCheckSql(options_, rows_, what));
  for (const VersionChange& change : changes) {
    AppendLine(ChangeSql(QuoteIdentifier(options_.version_table), change));
  }
  rows_ = heads_after;
}

void SqlScript::AppendStatement(const Statement& statement) {
  AppendLine(EscapeForPsql(statement.text) + ";");
  if (!statement.copy_data) return;
  text_ += *statement.copy_data;
  if (!statement.copy_data->empty() && !statement.copy_data->ends_with('\n')) text_ += '\n';
  AppendLine("\\.");
}

void SqlScript::AppendAlone(const Section& section) {
  AppendLine(
      "-- Outside a transaction: when a statement fails, those before it have taken effect.");
  const auto limit = options_.non_transactional_timeout;
  std::vector<const Statement*> settings;  // hold for the statements behind them
  for (const Statement& statement : section.statements) {
    if (SessionChangeOf(statement).kind == SessionChange::Kind::kSetting) {
      settings.push_back(&statement);
      continue;
    }
    if (limit.count() > 0) AppendLine("SET statement_timeout = " + MillisecondsText(limit) + ";");
    for (const Statement* setting : settings) AppendStatement(*setting);
    AppendStatement(statement);
    AppendState();
  }
}

tl::expected<std::vector<AppliedStep>, StepFailure> SqlScript::Take(
    std::span<const PlannedStep> steps, const StatementProgress& /*progress*/) {
  std::vector<AppliedStep> taken;
  for (const PlannedStep& planned : steps) {
    const Step& step = *planned.step;
    const Section& section = planned.section();
    AppendLine("\n" + Comment(StepLine(*planned.revision, step.direction)));
    if (!section.transactional) AppendAlone(section);
    if (taken.empty()) {
      AppendLine("BEGIN;");
    } else {
      AppendState();
    }
    AppendLimits();
    if (section.transactional) {
      for (const Statement& statement : section.statements) AppendStatement(statement);
    }
    AppendRows("revision " + planned.revision->id, step.changes, step.heads_after);
    taken.push_back({.sequence = 0,
                     .revision = step.revision,
                     .direction = step.direction,
                     .at = {},
                     .duration = {}});
  }
  AppendLine("COMMIT;");
  AppendState();
  return taken;
}

void SqlScript::Take(const StampPlan& plan) {
  AppendLine("");
  std::vector<VersionChange> changes;
  for (const StampStep& step : plan.steps) {
    AppendLine(Comment("Running stamp_revision " + Join(step.from, ", ") + " -> " + step.to));
    changes.insert(changes.end(), step.changes.begin(), step.changes.end());
  }
  AppendLine("BEGIN;");
  AppendLimits();
  AppendRows("this stamp", changes, plan.to);
  AppendLine("COMMIT;");
  AppendState();
}

std::string SqlScript::Finish() && {
  AppendLine("\n" + EndSql(options_));
  return std::move(text_);
}

}  // namespace schemaop
