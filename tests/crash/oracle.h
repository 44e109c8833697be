// What the database says of a run, whatever the run says of itself.
#pragma once

#include <chrono>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "postgres/test_postgres.h"
#include "scenario.h"

namespace schemaop::testing {

// What one query saw of the database, in one snapshot.
struct Snapshot {
  std::string version;             // the version row; empty: none. Several: joined by commas
  std::map<std::string, int> ups;  // revision -> upgrades that left their mark
  std::map<std::string, int> downs;
  bool has_items = false;
  bool has_mood = false;   // the type
  bool has_happy = false;  // its second value
  bool has_index = false;  // items_name, valid
  bool has_invalid_index = false;
  bool has_column = false;  // items.mood

  // Whether `revision`'s effect is noted: upgraded once more often than downgraded.
  bool Has(const std::string& revision) const;
};

// Violations: sentences that begin with the invariant ("I2: ..."), of
//   I1 each revision's effect exactly once or not at all
//   I2 version rows say which effects are there
//   I3 nothing ran that was not asked for
//   I4 one writer at a time
//   I10 the ledger's chain is whole
using Violations = std::vector<std::string>;

// I4 and I10 of the ledger at `url`, of the version table in schema public, whoever wrote it.
Violations CheckLedgerOf(const std::string& url);

class Oracle {
 public:
  explicit Oracle(TestPostgres& server);

  const std::string& database() const { return database_; }
  // An empty database but for the schema `harness`: applied_log, gate, versions().
  void Reset() const;
  void Execute(const std::string& sql) const { server_.Query(database_, sql); }
  Snapshot Look() const;
  // How long it took until nobody else but a bystander was connected; nullopt when somebody still
  // is at `timeout`.
  std::optional<std::chrono::milliseconds> WaitUntilAlone(std::chrono::milliseconds timeout) const;

  // At any time: marks and version rows agree, but for revisions that run outside a transaction and
  // are under way.
  Violations CheckAnyTime(const Scenario& scenario, const Snapshot& seen) const;
  // At the end: at the goal, with every effect of the catalogue.
  Violations CheckEnd(const Scenario& scenario, const Snapshot& seen) const;
  // The ledger: chain, who ran what, and that no two runs overlapped.
  Violations CheckLedger(const Scenario& scenario, const Snapshot& seen) const;
  // The revision and the statement (from 1) whose intent is the ledger's last word.
  struct OpenStatement {
    std::string revision;
    int statement = 0;
  };
  std::optional<OpenStatement> FindOpenStatement() const;

 private:
  TestPostgres& server_;
  std::string database_;
};

}  // namespace schemaop::testing
