// verify, on the sample project and a real server.
#include <filesystem>

#include <gtest/gtest.h>

#include "postgres/test_postgres.h"
#include "schemactl.h"
#include "test_paths.h"

namespace schemaop::testing {
namespace {

class VerifyCommandTest : public ::testing::Test {
 protected:
  VerifyCommandTest() : database_(TestPostgres::Shared().CreateDatabase()) {
    std::filesystem::copy(std::filesystem::path(SCHEMAOP_SOURCE_DIR) / "migrations",
                          schemactl_.folder() / "migrations",
                          std::filesystem::copy_options::recursive);
    schemactl_.UseDatabase(TestPostgres::Shared().Url(database_));
  }

  std::string Query(const std::string& sql) const {
    return TestPostgres::Shared().Query(database_, sql);
  }
  void WriteChecks(const std::string& text) const {
    WriteFile(schemactl_.folder() / "migrations/checks.yaml", text);
  }
  void Replace(const std::string& from, const std::string& to) const {
    std::string text = ReadFile(schemactl_.folder() / "migrations/checks.yaml");
    const auto at = text.find(from);
    ASSERT_NE(at, std::string::npos) << from;
    WriteChecks(text.replace(at, from.size(), to));
  }

  std::string database_;
  Schemactl schemactl_;
};

TEST_F(VerifyCommandTest, EachCheckMadeFalseFailsByItsName) {
  Replace("fasterThan: 10ms", "fasterThan: 10s");
  ASSERT_EQ(schemactl_.Run({"upgrade", "head"}).exit_code, 0);
  const struct {
    std::string break_it;
    std::string mend_it;
    std::string name;
    std::string line;
  } cases[] = {
      {"ALTER TABLE project_events RENAME TO events", "ALTER TABLE events RENAME TO project_events",
       "All tables created",
       "expected tables projects, project_payloads, project_events, calibration_constants, "
       "pricing_configs, material_catalog, code_references, seen there is no table project_events"},
      {"ALTER TABLE projects DROP CONSTRAINT ck_projects_status",
       "ALTER TABLE projects ADD CONSTRAINT ck_projects_status CHECK (status IN ('draft'))",
       "Constraints enforced",
       "expected the statement refused with SQLSTATE 23514, seen it was accepted"},
      {"ALTER INDEX ix_projects_customer RENAME TO ix_other",
       "ALTER INDEX ix_other RENAME TO ix_projects_customer", "Indexes created",
       "expected indexes ix_projects_status_updated, ix_projects_customer, "
       "ix_project_payloads_project_module_created, ix_project_events_project_occurred, "
       "ix_project_events_type_occurred, ix_pricing_configs_valid_from, "
       "ix_material_catalog_shape_sx, ix_material_catalog_standard_grade, "
       "ix_code_references_code, seen there is no index ix_projects_customer"},
      {"CREATE TABLE kept AS SELECT * FROM code_references; DELETE FROM code_references",
       "INSERT INTO code_references SELECT * FROM kept; DROP TABLE kept", "Seed data loaded",
       "expected at least 1, seen 0"},
      {"ALTER TABLE projects RENAME TO p; CREATE VIEW projects AS SELECT * FROM p WHERE "
       "pg_sleep(0.005) IS NOT NULL",
       "DROP VIEW projects; ALTER TABLE p RENAME TO projects", "PK lookup", ""},
      {"DROP INDEX ix_project_payloads_project_module_created; ALTER TABLE project_payloads DROP "
       "CONSTRAINT uq_project_payloads_content",
       "CREATE INDEX ix_project_payloads_project_module_created ON project_payloads (project_id, "
       "module, created_at DESC)",
       "Composite index query",
       "expected a plan that uses index ix_project_payloads_project_module_created, seen Seq Scan "
       "on project_payloads"},
  };
  for (const auto& row : cases) {
    SCOPED_TRACE(row.name);
    Query(row.break_it);
    const RunResult result = schemactl_.Run({"verify"});
    Query(row.mend_it);
    EXPECT_EQ(result.exit_code, 3);
    EXPECT_NE(result.out.find("❌ " + row.name + ": " +
                              (row.line.empty() ? "expected less than 1ms, seen " : row.line)),
              std::string::npos)
        << result.out;
    EXPECT_EQ(result.out.find("passed"), std::string::npos);
    EXPECT_NE(result.err.find(row.name), std::string::npos) << result.err;
  }
  Replace("fasterThan: 1ms", "fasterThan: 10s");
  EXPECT_EQ(schemactl_.Run({"verify"}).exit_code, 0);
}

TEST_F(VerifyCommandTest, ChangesNothing) {
  Replace("fasterThan: 1ms", "fasterThan: 10s");
  Replace("fasterThan: 10ms", "fasterThan: 10s");
  ASSERT_EQ(schemactl_.Run({"upgrade", "head"}).exit_code, 0);
  const std::string everything =
      "SELECT (SELECT count(*) FROM projects), (SELECT count(*) FROM project_payloads), "
      "(SELECT string_agg(sequencename || coalesce(last_value::text, '-'), ',' ORDER BY 1) FROM "
      "pg_sequences), (SELECT count(*) FROM schemaversion.ledger)";
  const std::string before = Query(everything);
  const RunResult result = schemactl_.Run({"verify"});
  EXPECT_EQ(result.exit_code, 0) << result.out;
  EXPECT_EQ(result.err, "");
  EXPECT_EQ(Query(everything), before);
}

TEST_F(VerifyCommandTest, GivesTheResultToPrograms) {
  Query("CREATE TABLE a (id int GENERATED ALWAYS AS IDENTITY, n int CHECK (n > 0))");
  WriteChecks(
      "sample: [INSERT INTO a (n) VALUES (1)]\n"
      "checks:\n  - {name: There, tables: [a]}\n  - {name: Not there, indexes: [b]}\n");
  const RunResult json = schemactl_.Run({"verify", "-o", "json"});
  EXPECT_EQ(json.exit_code, 3);
  EXPECT_EQ(json.out,
            "{\n  \"holds\": false,\n  \"checks\": [\n    {\n      \"name\": \"There\",\n      "
            "\"holds\": true,\n      \"note\": \"\",\n      \"expected\": \"\",\n      \"seen\": "
            "\"\"\n    },\n    {\n      \"name\": \"Not there\",\n      \"holds\": false,\n      "
            "\"note\": \"\",\n      \"expected\": \"indexes b\",\n      \"seen\": \"there is no "
            "index b\"\n    }\n  ],\n  \"not_rolled_back\": [\n    {\n      \"sequence\": "
            "\"public.a_id_seq\",\n      \"from\": \"\",\n      \"to\": \"1\"\n    }\n  ]\n}\n");
  EXPECT_EQ(json.err,
            "not rolled back: sequence public.a_id_seq went from unused to 1\n"
            "schemactl: 1 of 2 checks does not hold: Not there\n");
  const RunResult table = schemactl_.Run({"verify", "-o", "table"});
  EXPECT_EQ(table.out,
            "CHECK       HOLDS   EXPECTED    SEEN\n"
            "There       yes\n"
            "Not there   no      indexes b   there is no index b\n");
  EXPECT_EQ(schemactl_.Run({"verify", "-o", "name"}).out, "There\nNot there\n");
}

TEST_F(VerifyCommandTest, ABadFileIsOneClearErrorAndNothingRuns) {
  WriteChecks("checks:\n  - {name: a, tabels: [a]}\n");
  const RunResult bad = schemactl_.Run({"verify"});
  EXPECT_EQ(bad.exit_code, 1);
  EXPECT_EQ(bad.out, "");
  EXPECT_EQ(bad.err,
            "schemactl: migrations/checks.yaml:2:15: unknown key 'tabels'; known keys: name, "
            "tables, indexes, rejects, sqlstate, query, atLeast, fasterThan, usesIndex\n");
  std::filesystem::remove(schemactl_.folder() / "migrations/checks.yaml");
  const RunResult none = schemactl_.Run({"verify"});
  EXPECT_EQ(none.exit_code, 2);
  EXPECT_EQ(none.err,
            "schemactl: there is no migrations/checks.yaml; write down there what must hold after "
            "a migration, such as\n"
            "  checks:\n"
            "    - {name: All tables created, tables: [projects]}\n");
}

}  // namespace
}  // namespace schemaop::testing
