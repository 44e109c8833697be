#include "postgres/ledger.h"

#include <algorithm>
#include <chrono>
#include <map>
#include <utility>

#include "base/fault_point.h"
#include "base/text.h"
#include "postgres/ledger_text.h"
#include "postgres/quote.h"

namespace schemaop {
namespace {

constexpr std::string_view kTimeFormat = "'YYYY-MM-DD\"T\"HH24:MI:SS.US\"Z\"'";

std::string UtcText(std::string_view column) {
  return "pg_catalog.to_char(" + std::string(column) + " AT TIME ZONE 'UTC', " +
         std::string(kTimeFormat) + ")";
}

// A column that the table of an earlier version may lack.
std::string LaterColumn(std::string_view column) {
  return "(pg_catalog.to_jsonb(l) ->> '" + std::string(column) + "')";
}

Time ReadTime(const std::string& text) { return ParseRfc3339(text).value_or(Time{}); }

LedgerRow ReadLedgerRow(const Row& row) {
  return {.sequence = row.Integer(0),
          .kind = LedgerKindNamed(row.Text(1)),
          .revision = row.Text(2),
          .direction = row.Text(3) == "upgrade" ? Direction::kUpgrade : Direction::kDowngrade,
          .parents = SplitList(row.Text(4)),
          .depends_on = SplitList(row.Text(17)),
          .message = row.Text(5),
          .checksum = row.Text(6),
          .up_sql = row.Text(7),
          .down_sql = row.IsNull(8) ? std::nullopt : std::optional(row.Text(8)),
          .down_transactional = row.IsNull(18) ? std::nullopt : std::optional(row.Boolean(18)),
          .statement = static_cast<int>(row.Integer(9)),
          .transaction_id = row.Text(10),
          .started = ReadTime(row.Text(11)),
          .finished = ReadTime(row.Text(12)),
          .actor = row.Text(13),
          .plan_hash = row.Text(14),
          .previous_hash = row.Text(15),
          .hash = row.Text(16)};
}

LedgerEntry ReadEntry(const Row& row) {
  const Time finished = ReadTime(row.Text(3));
  const auto took =
      std::chrono::duration_cast<std::chrono::milliseconds>(finished - ReadTime(row.Text(4)));
  return {.sequence = row.Integer(6),
          .revision = row.Text(0),
          .direction = row.Text(1) == "upgrade" ? Direction::kUpgrade : Direction::kDowngrade,
          .checksum = row.Text(2),
          .finished_at = FormatRfc3339(finished),
          .duration = FormatDuration(took)};
}

// Whether a row says what is true of a revision because a person said so.
bool IsWordOfAPerson(LedgerKind kind) {
  return kind == LedgerKind::kAccepted || kind == LedgerKind::kStamped ||
         kind == LedgerKind::kResolved;
}

// The revisions of `rows` with a row about a single statement behind those about the whole.
std::vector<std::string> BegunIn(const Rows& rows) {
  std::map<std::string, std::int64_t> ended;
  std::map<std::string, std::int64_t> last;
  for (const Row& row : rows) {
    const LedgerKind kind = LedgerKindNamed(row.Text(5));
    const bool whole = kind == LedgerKind::kApplied || kind == LedgerKind::kStamped;
    std::int64_t& newest = (whole ? ended : last)[row.Text(0)];
    if (kind != LedgerKind::kAccepted) newest = std::max(newest, row.Integer(6));
  }
  std::vector<std::string> begun;
  for (const auto& [revision, sequence] : last) {
    if (sequence > ended[revision]) begun.push_back(revision);
  }
  return begun;
}

// `rows` are those of Summary: each revision's together, "accepted" before "applied".
LedgerSummary Summarize(const Rows& rows) {
  LedgerSummary summary{.entries = {}, .begun = BegunIn(rows)};
  const Row* accepted = nullptr;
  for (const Row& row : rows) {
    const LedgerKind kind = LedgerKindNamed(row.Text(5));
    const std::int64_t sequence = row.Integer(6);
    if (IsWordOfAPerson(kind)) summary.last_word = std::max(summary.last_word, sequence);
    if (kind == LedgerKind::kAccepted) accepted = &row;
    if (kind != LedgerKind::kApplied) continue;
    summary.entries.push_back(ReadEntry(row));
    const bool newer =
        accepted != nullptr && accepted->Text(0) == row.Text(0) && accepted->Integer(6) > sequence;
    if (newer) summary.entries.back().checksum = accepted->Text(2);
  }
  std::sort(summary.entries.begin(), summary.entries.end(),
            [](const auto& a, const auto& b) { return a.sequence < b.sequence; });
  return summary;
}

std::vector<std::string> InsertParameters(const std::string& version_table, const LedgerRow& row) {
  return {version_table,
          std::to_string(row.sequence),
          std::string(LedgerKindName(row.kind)),
          row.revision,
          std::string(DirectionName(row.direction)),
          Join(row.parents, ","),
          row.message,
          row.checksum,
          row.up_sql,
          row.down_sql.value_or(""),
          row.down_sql ? "true" : "false",
          std::to_string(row.statement),
          row.transaction_id,
          FormatRfc3339Micro(row.started),
          FormatRfc3339Micro(row.finished),
          row.actor,
          row.plan_hash,
          row.previous_hash,
          row.hash,
          Join(row.depends_on, ","),
          row.down_transactional ? (*row.down_transactional ? "true" : "false") : ""};
}

}  // namespace

Ledger::Ledger(Session& session, std::string schema, std::string version_table)
    : session_(&session), schema_(std::move(schema)), version_table_(std::move(version_table)) {}

std::string Ledger::Qualified(const char* name) const { return QuoteQualified(schema_, name); }

Result<bool> Ledger::Exists(const std::stop_token& stop) const {
  auto found = Find(stop);
  if (!found) return Fail(found.error());
  return found->has_value();
}

Result<void> Ledger::Append(LedgerRow row, const std::stop_token& stop) {
  ForgetTail();
  auto id = session_->Query("SELECT pg_catalog.txid_current()", {}, stop);
  if (!id) return Fail(WithContext(ToError(id.error()), "cannot write the ledger"));
  auto statement = Chain(row, id->front().Text(0), stop);
  if (!statement) return Fail(statement.error());
  SCHEMAOP_FAULT_POINT("postgres.ledger.writing");
  auto written = session_->Query(statement->sql, statement->parameters, stop);
  if (!written) return Fail(WithContext(ToError(written.error()), "cannot write the ledger"));
  SCHEMAOP_FAULT_POINT("postgres.ledger.written");
  Chained(row);
  return {};
}

Result<PipelinedStatement> Ledger::Chain(LedgerRow& row, const std::string& transaction_id,
                                         const std::stop_token& stop) {
  if (!tail_) {
    auto last = session_->Query("SELECT sequence, hash FROM " + Qualified("ledger") +
                                    " WHERE version_table = $1 ORDER BY sequence DESC LIMIT 1",
                                {version_table_}, stop);
    if (!last) return Fail(WithContext(ToError(last.error()), "cannot read the ledger"));
    tail_ = last->empty() ? Tail() : Tail{last->front().Integer(0), last->front().Text(1)};
  }
  row.sequence = tail_->sequence + 1;
  row.previous_hash = tail_->hash;
  row.transaction_id = transaction_id;
  row.started = std::chrono::floor<std::chrono::microseconds>(row.started);
  row.finished = std::chrono::floor<std::chrono::microseconds>(row.finished);
  row.hash = LedgerRowHash(version_table_, row);
  return PipelinedStatement{
      .sql =
          "INSERT INTO " + Qualified("ledger") +
          " (version_table, sequence, kind, revision, direction, parents, message, checksum, "
          "up_sql, down_sql, statement, transaction_id, started_at, finished_at, actor, plan_hash, "
          "previous_hash, hash, depends_on, down_transactional) VALUES ($1, $2::bigint, $3, $4, "
          "$5, $6, $7, $8, $9, CASE WHEN $11::boolean THEN $10 END, $12::integer, $13, "
          "$14::timestamptz, $15::timestamptz, $16, $17, $18, $19, $20, NULLIF($21, '')::boolean)",
      .parameters = InsertParameters(version_table_, row)};
}

// The newest row of each revision and kind tells all of it, and one scan finds them.
Result<LedgerSummary> Ledger::Summary(const std::stop_token& stop) const {
  auto rows = session_->Query(
      "SELECT DISTINCT ON (l.revision, l.kind) l.revision, l.direction, l.checksum, " +
          UtcText("l.finished_at") + ", " + UtcText("l.started_at") + ", l.kind, l.sequence FROM " +
          Qualified("ledger") +
          " l WHERE l.version_table = $1 ORDER BY l.revision, l.kind, l.sequence DESC",
      {version_table_}, stop);
  if (!rows) return Fail(WithContext(ToError(rows.error()), "cannot read the ledger"));
  return Summarize(*rows);
}

Result<std::optional<StoredRevision>> Ledger::Stored(const std::string& revision,
                                                     const std::stop_token& stop) const {
  auto rows = Select("l.sequence = (SELECT max(n.sequence) FROM " + Qualified("ledger") +
                         " n WHERE n.version_table = $1 AND n.kind IN ('applied', 'accepted') "
                         "AND n.revision = $2)",
                     {revision}, stop);
  if (!rows) return Fail(rows.error());
  if (rows->empty() || rows->front().direction == Direction::kDowngrade) return std::nullopt;
  LedgerRow& row = rows->front();
  return StoredRevision{.id = std::move(row.revision),
                        .down_revisions = std::move(row.parents),
                        .depends_on = std::move(row.depends_on),
                        .message = std::move(row.message),
                        .checksum = std::move(row.checksum),
                        .up_sql = std::move(row.up_sql),
                        .down_sql = std::move(row.down_sql),
                        .down_transactional = row.down_transactional};
}

Result<std::vector<LedgerRow>> Ledger::Rows(const LedgerFilter& filter,
                                            const std::stop_token& stop) const {
  const std::string of_revision = "($2 = '' OR l.revision = $2)";
  if (filter.limit <= 0) return Select(of_revision, {filter.revision}, stop);
  return Select(of_revision +
                    " AND l.sequence >= COALESCE((SELECT min(n.sequence) FROM (SELECT "
                    "l.sequence FROM " +
                    Qualified("ledger") + " l WHERE l.version_table = $1 AND " + of_revision +
                    " ORDER BY l.sequence DESC LIMIT $3::bigint) n), 0)",
                {filter.revision, std::to_string(filter.limit)}, stop);
}

Result<std::vector<LedgerRow>> Ledger::Journal(const std::string& revision, Direction direction,
                                               const std::stop_token& stop) const {
  return Select(
      "(l.kind = 'stamped' OR l.sequence = (SELECT max(d.sequence) FROM " + Qualified("ledger") +
          " d WHERE d.version_table = $1 AND d.kind = 'applied' AND d.direction = 'downgrade') "
          "OR (l.revision = $2 AND l.direction = $3 "
          "AND l.kind IN ('intent', 'done', 'failed', 'resolved'))) AND l.sequence > "
          "COALESCE((SELECT max(n.sequence) FROM " +
          Qualified("ledger") +
          " n WHERE n.version_table = $1 AND n.kind IN ('applied', 'stamped') AND n.revision = "
          "$2), 0)",
      {revision, std::string(DirectionName(direction))}, stop);
}

Result<std::vector<LedgerRow>> Ledger::Select(const std::string& condition,
                                              std::vector<std::string> parameters,
                                              const std::stop_token& stop) const {
  parameters.insert(parameters.begin(), version_table_);
  auto rows = session_->Query(
      "SELECT sequence, kind, revision, direction, parents, message, checksum, up_sql, down_sql, "
      "statement, transaction_id, " +
          UtcText("started_at") + ", " + UtcText("finished_at") +
          ", actor, plan_hash, previous_hash, hash, " + LaterColumn("depends_on") + ", " +
          LaterColumn("down_transactional") + "::boolean FROM " + Qualified("ledger") +
          " l WHERE l.version_table = $1 AND " + condition + " ORDER BY l.sequence",
      parameters, stop);
  if (!rows) return Fail(WithContext(ToError(rows.error()), "cannot read the ledger"));
  std::vector<LedgerRow> all;
  for (const Row& row : *rows) all.push_back(ReadLedgerRow(row));
  return all;
}

}  // namespace schemaop
