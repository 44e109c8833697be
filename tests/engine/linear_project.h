// A line of revisions on a database of its own, for tests of runs.
#pragma once

#include <functional>
#include <optional>
#include <stop_token>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "engine/migrate.h"
#include "engine/observe_database.h"
#include "postgres/test_postgres.h"

namespace schemaop::testing {

// Revision `id` after `parent` (empty: none), with sections of these texts.
Revision MakeRevision(const std::string& id, const std::string& parent, const std::string& up,
                      const std::string& down = "SELECT 1");
// The same with an upgrade section that runs outside a transaction.
Revision WithoutTransaction(Revision revision);

// SQL that runs the PL/pgSQL statements `body` in COMMIT itself, behind everything that we ask
// before it: our own change of the version table puts them off. Makes public.`table`.
std::string InCommit(const std::string& table, const std::string& body);

// Every revision of the line `revisions` that is not applied; none applied is base.
Planner PlanAll(std::vector<Revision> revisions);
// Downgrades everything that is applied.
Planner PlanBase(std::vector<Revision> revisions);

// Upgrades `server`'s database postgres to the newest of `revisions` and ends the session that
// waits in COMMIT for a standby that never comes: committed, and its answer lost. REQUIRES: a
// server with synchronous_standby_names, and one revision that turns synchronous_commit on.
RunReport UpgradeCutInACommit(const TestPostgres& server, const DatabaseOptions& options,
                              const std::vector<Revision>& revisions);

class LinearProject : public ::testing::Test {
 protected:
  LinearProject() : database_(server_.CreateDatabase()), options_(OptionsFor(database_)) {}

  DatabaseOptions OptionsFor(const std::string& database) const;
  RunReport Upgrade(const std::vector<Revision>& revisions, std::stop_token stop = {},
                    const ProgressSink& progress = nullptr) const;
  RunReport Downgrade(const std::vector<Revision>& revisions) const;

  // Rows as the superuser sees them, fields separated by '|'.
  std::string Query(const std::string& sql) const { return server_.Query(database_, sql); }
  std::string Versions() const { return Query("SELECT version_num FROM alembic_version"); }
  // kind:revision of every ledger row, in order, separated by blanks.
  std::string LedgerWords() const;
  bool HasTable(const std::string& name) const;

  TestPostgres& server_ = TestPostgres::Shared();
  std::string database_;
  DatabaseOptions options_;
};

}  // namespace schemaop::testing
