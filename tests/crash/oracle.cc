#include "oracle.h"

#include <algorithm>
#include <set>
#include <sstream>

#include "base/text.h"
#include "bystander.h"
#include "postgres/dsn.h"
#include "postgres/ledger.h"
#include "postgres/session.h"

namespace schemaop::testing {
namespace {

constexpr const char* kVersionTable = "public.alembic_version";

// Revisions whose sections are transactions; the others' effects come one statement at a time.
bool IsTransactional(const Scenario& scenario, const std::string& revision) {
  return scenario.revisions.at(revision + ".sql").find("transaction:false") == std::string::npos;
}

std::vector<std::string> IdsOf(const Scenario& scenario) {
  std::vector<std::string> ids;
  for (const auto& [file, text] : scenario.revisions) ids.push_back(file.substr(0, 3));
  return ids;
}

int CountOf(const std::map<std::string, int>& counts, const std::string& revision) {
  const auto found = counts.find(revision);
  return found == counts.end() ? 0 : found->second;
}

std::string Describe(const Snapshot& seen) {
  std::string text = "version row '" + seen.version + "', marks";
  for (const auto& [revision, count] : seen.ups) {
    text += " " + revision + "+" + std::to_string(count) + "-" +
            std::to_string(CountOf(seen.downs, revision));
  }
  return text;
}

class Findings {
 public:
  explicit Findings(const Snapshot& seen) : seen_(seen) {}
  void Expect(bool holds, const std::string& sentence) {
    if (!holds) list_.push_back(sentence + " (" + Describe(seen_) + ")");
  }
  Violations Take() { return std::move(list_); }

 private:
  const Snapshot& seen_;
  Violations list_;
};

// Whether two revisions may have overlapped: the later one began before the other's row was
// written.
bool Overlap(const LedgerRow& earlier, const LedgerRow& later) {
  return later.started < earlier.finished;
}

// One after the other, in transactions of rising numbers.
void CheckOneWriter(const std::vector<LedgerRow>& rows, Findings& findings) {
  const LedgerRow* last = nullptr;
  for (const LedgerRow& row : rows) {
    if (row.kind != LedgerKind::kApplied) continue;
    if (last != nullptr) {
      findings.Expect(!Overlap(*last, row),
                      "I4: " + row.revision + " began before " + last->revision + " was recorded");
      findings.Expect(std::stoull(row.transaction_id) > std::stoull(last->transaction_id),
                      "I4: the transactions of " + last->revision + " and " + row.revision +
                          " are out of order");
    }
    last = &row;
  }
}

void CheckRows(const Scenario& scenario, const std::vector<LedgerRow>& rows, Findings& findings) {
  std::set<std::string> applied;
  for (const LedgerRow& row : rows) {
    if (row.kind != LedgerKind::kApplied) continue;
    const bool asked = row.direction == Direction::kUpgrade || scenario.IsDowngrade();
    findings.Expect(asked, "I3: " + row.revision + " was downgraded and nobody asked for it");
    const bool down = row.direction == Direction::kDowngrade;
    findings.Expect(applied.insert(row.revision + (down ? " down" : " up")).second,
                    "I1: the ledger has " + row.revision + " twice");
  }
}

// None where there is no ledger.
Result<std::vector<LedgerRow>> ReadLedgerOf(const std::string& url) {
  auto session = Session::Connect({.dsn = ParseDatabaseUrl(url).value()}, {});
  if (!session) return Fail(WithContext(session.error(), "the oracle cannot connect"));
  const Ledger ledger(*session, "schemaversion", kVersionTable);
  const auto exists = ledger.Exists({});
  if (!exists) return Fail(exists.error());
  if (!*exists) return std::vector<LedgerRow>();
  auto rows = ledger.Rows({}, {});
  if (!rows) return Fail(WithContext(rows.error(), "the oracle cannot read the ledger"));
  return rows;
}

void CheckChain(const std::vector<LedgerRow>& rows, Findings& findings) {
  const auto chain = VerifyLedgerChain(kVersionTable, rows);
  findings.Expect(chain.has_value(), "I10: " + (chain ? "" : chain.error().message));
}

}  // namespace

bool Snapshot::Has(const std::string& revision) const {
  return CountOf(ups, revision) == CountOf(downs, revision) + 1;
}

Oracle::Oracle(TestPostgres& server) : server_(server), database_(server.CreateDatabase()) {}

void Oracle::Reset() const {
  Execute(
      "SET client_min_messages = error; DROP SCHEMA IF EXISTS schemaversion, harness CASCADE; "
      "DROP SCHEMA public CASCADE; CREATE SCHEMA public; CREATE SCHEMA harness; "
      "CREATE TABLE harness.applied_log (id serial PRIMARY KEY, revision text, direction text); "
      "CREATE TABLE harness.gate (open int); CREATE SEQUENCE harness.attempts; "
      // A function, because the table may not be there; STABLE, so that it sees its query's
      // snapshot.
      "CREATE FUNCTION harness.versions() RETURNS text STABLE LANGUAGE plpgsql AS $$"
      "DECLARE found text; BEGIN IF to_regclass('public.alembic_version') IS NULL THEN "
      "RETURN NULL; END IF; EXECUTE 'SELECT string_agg(version_num, '','' ORDER BY version_num) "
      "FROM public.alembic_version' INTO found; RETURN found; END$$");
}

Snapshot Oracle::Look() const {
  const std::string row = server_.Query(
      database_,
      "SELECT COALESCE(harness.versions(), ''), "
      "(SELECT COALESCE(string_agg(revision || ' ' || direction, ','), '') FROM "
      "harness.applied_log), "
      "EXISTS (SELECT 1 FROM pg_class WHERE relname = 'items' AND relkind = 'r'), "
      "EXISTS (SELECT 1 FROM pg_type WHERE typname = 'mood'), "
      "EXISTS (SELECT 1 FROM pg_enum WHERE enumlabel = 'happy'), "
      "EXISTS (SELECT 1 FROM pg_index JOIN pg_class c ON c.oid = indexrelid WHERE relname = "
      "'items_name' AND indisvalid), "
      "EXISTS (SELECT 1 FROM pg_index WHERE NOT indisvalid), "
      "EXISTS (SELECT 1 FROM pg_attribute JOIN pg_class c ON c.oid = attrelid WHERE relname = "
      "'items' AND attname = 'mood' AND NOT attisdropped)");
  const std::vector<std::string> fields = Split(row, '|');
  Snapshot seen;
  seen.version = fields.at(0);
  for (const std::string& mark : SplitList(fields.at(1))) {
    const std::string revision = mark.substr(0, mark.find(' '));
    ++(mark.ends_with(" up") ? seen.ups : seen.downs)[revision];
  }
  seen.has_items = fields.at(2) == "t";
  seen.has_mood = fields.at(3) == "t";
  seen.has_happy = fields.at(4) == "t";
  seen.has_index = fields.at(5) == "t";
  seen.has_invalid_index = fields.at(6) == "t";
  seen.has_column = fields.at(7) == "t";
  return seen;
}

std::optional<std::chrono::milliseconds> Oracle::WaitUntilAlone(
    std::chrono::milliseconds timeout) const {
  const auto began = std::chrono::steady_clock::now();
  const bool alone = WaitUntil(
      [&] {
        return server_.Query("postgres", "SELECT count(*) FROM pg_stat_activity WHERE datname = '" +
                                             database_ + "' AND application_name <> '" +
                                             kBystander + "'") == "0";
      },
      timeout);
  if (!alone) return std::nullopt;
  return std::chrono::duration_cast<std::chrono::milliseconds>(std::chrono::steady_clock::now() -
                                                               began);
}

Violations Oracle::CheckAnyTime(const Scenario& scenario, const Snapshot& seen) const {
  Findings findings(seen);
  findings.Expect(seen.version.find(',') == std::string::npos, "I2: more than one version row");
  for (const std::string& id : IdsOf(scenario)) {
    const int up = CountOf(seen.ups, id);
    const int down = CountOf(seen.downs, id);
    findings.Expect(up <= 1 && down <= up, "I1: " + id + " took effect more than once");
    if (scenario.IsStamp()) continue;
    const bool stated = id <= seen.version;
    if (IsTransactional(scenario, id)) {
      findings.Expect(seen.Has(id) == stated,
                      "I2: " + id + (stated ? " is stated but not there" : " is there unstated"));
    } else if (stated && !scenario.IsDowngrade()) {
      findings.Expect(seen.Has(id), "I2: " + id + " is stated but not there");
    } else if (!stated && scenario.IsDowngrade()) {
      findings.Expect(!seen.Has(id), "I2: " + id + " is there unstated");
    }
  }
  return findings.Take();
}

Violations Oracle::CheckEnd(const Scenario& scenario, const Snapshot& seen) const {
  Findings findings(seen);
  findings.Expect(seen.version == scenario.goal, "I6: not at the goal " + scenario.goal);
  const std::string effects = scenario.IsStamp() ? "003" : scenario.goal;
  const bool is_main = scenario.revisions.contains("003.sql");
  for (const std::string& id : IdsOf(scenario)) {
    findings.Expect(seen.Has(id) == (id <= effects), "I1: wrong effect of " + id + " at the end");
  }
  findings.Expect(seen.has_items == ("001" <= effects), "I1: table items");
  findings.Expect(!seen.has_invalid_index, "I1: an invalid index is left");
  if (is_main || scenario.name == "refused index") {
    findings.Expect(seen.has_index == ("002" <= effects), "I1: index items_name");
  }
  if (is_main) {
    findings.Expect(seen.has_mood == ("003" <= effects), "I1: type mood");
    findings.Expect(seen.has_happy == ("004" <= effects), "I1: value happy");
    findings.Expect(seen.has_column == ("005" <= effects), "I1: column items.mood");
  }
  return findings.Take();
}

Violations Oracle::CheckLedger(const Scenario& scenario, const Snapshot& seen) const {
  Findings findings(seen);
  const auto rows = ReadLedgerOf(server_.Url(database_));
  if (!rows) return {rows.error().message};
  CheckChain(*rows, findings);
  CheckRows(scenario, *rows, findings);
  CheckOneWriter(*rows, findings);
  return findings.Take();
}

Violations CheckLedgerOf(const std::string& url) {
  const Snapshot nothing;
  Findings findings(nothing);
  const auto rows = ReadLedgerOf(url);
  if (!rows) return {rows.error().message};
  CheckChain(*rows, findings);
  CheckOneWriter(*rows, findings);
  return findings.Take();
}

std::optional<Oracle::OpenStatement> Oracle::FindOpenStatement() const {
  const std::string row =
      server_.Query(database_,
                    "SELECT revision, statement FROM schemaversion.ledger WHERE kind = 'intent' "
                    "ORDER BY sequence DESC LIMIT 1");
  const std::vector<std::string> fields = Split(row, '|');
  if (fields.size() != 2) return std::nullopt;
  return OpenStatement{.revision = fields[0], .statement = std::stoi(fields[1])};
}

}  // namespace schemaop::testing
