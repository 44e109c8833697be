// The sample project on a real server: every revision up, every revision down, and the catalog
// compared on the way.
#include <algorithm>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "postgres/test_postgres.h"
#include "revision/source.h"
#include "test_paths.h"

namespace schemaop {
namespace {

namespace fs = std::filesystem;
using testing::TestPostgres;

Source LoadSampleProject() {
  std::vector<SourceFile> files;
  for (const auto& entry : fs::directory_iterator(SCHEMAOP_SOURCE_DIR "/migrations/versions")) {
    files.push_back({entry.path().filename().string(), testing::ReadFile(entry.path())});
  }
  auto source = LoadSource(std::move(files));
  EXPECT_TRUE(source) << source.error().message;
  return source ? *source : Source();
}

// A database, and the sections of revisions run in it.
class SampleProjectTest : public ::testing::Test {
 protected:
  void Run(const Section& section) {
    EXPECT_TRUE(section.transactional);
    std::string sql;
    for (const Statement& statement : section.statements) sql += statement.text + ";";
    server_.Query(database_, sql);  // one message is one transaction
  }

  void RunAllUp() {
    for (std::size_t i = 0; i < graph_.size(); ++i) Run(graph_.At(i).upgrade);
  }

  std::string Query(const std::string& sql) const { return server_.Query(database_, sql); }

  // Every row of every table, as one number a table.
  std::string RowCounts() const {
    return Query(
        "SELECT relname, (xpath('/row/n/text()', query_to_xml('SELECT count(*) AS n FROM ' || "
        "oid::regclass, false, true, '')))[1] FROM pg_class WHERE relkind = 'r' AND relnamespace = "
        "'public'::regnamespace ORDER BY relname");
  }

  TestPostgres& server_ = TestPostgres::Shared();
  std::string database_ = server_.CreateDatabase();
  Source source_ = LoadSampleProject();
  const RevisionGraph& graph_ = *source_.graph;
};

TEST_F(SampleProjectTest, IsALineOfFourReversibleRevisions) {
  ASSERT_EQ(graph_.size(), 4U);
  EXPECT_EQ(graph_.HeadIds(), std::vector<RevisionId>{"004"});
  for (std::size_t i = 0; i < graph_.size(); ++i) {
    EXPECT_TRUE(graph_.At(i).downgrade.has_value()) << graph_.At(i).file;
  }
}

TEST_F(SampleProjectTest, GoesDownTheWayItCameUp) {
  std::vector<std::string> schemas = {server_.DumpSchema(database_)};
  std::vector<std::string> rows = {RowCounts()};
  for (std::size_t i = 0; i < graph_.size(); ++i) {
    Run(graph_.At(i).upgrade);
    schemas.push_back(server_.DumpSchema(database_));
    rows.push_back(RowCounts());
    EXPECT_NE(schemas[i + 1] + rows[i + 1], schemas[i] + rows[i]) << graph_.At(i).file;
  }
  for (std::size_t i = graph_.size(); i-- > 0;) {
    Run(*graph_.At(i).downgrade);
    EXPECT_EQ(server_.DumpSchema(database_), schemas[i]) << graph_.At(i).file;
    EXPECT_EQ(RowCounts(), rows[i]) << graph_.At(i).file;
  }
}

TEST_F(SampleProjectTest, GoesUpAgainAfterGoingDown) {
  RunAllUp();
  const std::string schema = server_.DumpSchema(database_);
  for (std::size_t i = graph_.size(); i-- > 0;) Run(*graph_.At(i).downgrade);
  RunAllUp();
  EXPECT_EQ(server_.DumpSchema(database_), schema);
}

TEST_F(SampleProjectTest, SeedsTwiceWithoutDuplicatesOrLostEdits) {
  RunAllUp();
  const std::string counts = RowCounts();
  Query("UPDATE pricing_configs SET price_usd = 1 WHERE item_code = 'FIN-GALV'");
  Run(graph_.Find("004")->upgrade);
  EXPECT_EQ(RowCounts(), counts);
  EXPECT_EQ(Query("SELECT price_usd FROM pricing_configs WHERE item_code = 'FIN-GALV'"), "1.00");
}

TEST_F(SampleProjectTest, AnswersTheQueriesOfItsNotes) {
  RunAllUp();
  EXPECT_EQ(Query("SELECT count(*) FROM (SELECT name, version, value, unit FROM "
                  "calibration_constants) x"),
            "24");
  EXPECT_EQ(Query("SELECT count(*) FROM (SELECT item_code, version, price_usd FROM "
                  "pricing_configs) x"),
            "25");
  EXPECT_EQ(Query("SELECT material_id, standard, grade, shape FROM material_catalog ORDER BY "
                  "material_id LIMIT 1"),
            "A36-GR36-C4X5P4|A36|Grade 36|C");
  EXPECT_EQ(Query("SELECT ref_id, code, section, title FROM code_references ORDER BY ref_id "
                  "COLLATE \"C\" LIMIT 1"),
            "ACI318-19-13.3|ACI 318|13.3|Shallow foundations");
}

TEST_F(SampleProjectTest, FindsTheNewestPayloadsThroughTheirIndex) {
  RunAllUp();
  Query(
      "INSERT INTO projects (project_id, name, customer, created_by) SELECT 'p' || i, 'Pylon', "
      "'Diner', 'eng' FROM generate_series(1, 50) i");
  Query(
      "INSERT INTO project_payloads (project_id, module, config, content_sha256, created_at) "
      "SELECT 'p' || p, 'wind', '{}', encode(sha256((p || ':' || i)::text::bytea), 'hex'), now() + "
      "i * "
      "interval '1s' FROM generate_series(1, 50) p, generate_series(1, 100) i");
  Query("ANALYZE project_payloads");
  const std::string plan = Query(
      "EXPLAIN SELECT * FROM project_payloads WHERE project_id = 'p7' AND module = 'wind' ORDER BY "
      "created_at DESC LIMIT 10");
  EXPECT_NE(plan.find("Index Scan using ix_project_payloads_project_module_created"),
            std::string::npos)
      << plan;
}

TEST_F(SampleProjectTest, EnforcesItsConstraints) {
  RunAllUp();
  Query(
      "INSERT INTO projects (project_id, name, customer, created_by) VALUES ('p', 'n', 'c', 'e')");
  Query(
      "INSERT INTO project_events (project_id, event_type, actor) VALUES ('p', 'project.created', "
      "'e')");
  const std::vector<std::string> refused = {
      "INSERT INTO projects (project_id, name, customer, created_by) VALUES ('p', 'n', 'c', 'e')",
      "INSERT INTO projects (project_id, name, customer, created_by) VALUES ('', 'n', 'c', 'e')",
      "UPDATE projects SET status = 'lost'",
      "INSERT INTO project_events (project_id, event_type, actor) VALUES ('q', 'a.b', 'e')",
      "UPDATE project_events SET actor = 'somebody else'",
      "UPDATE pricing_configs SET price_usd = -1",
      "UPDATE material_catalog SET fu_ksi = fy_ksi",
      "INSERT INTO calibration_constants VALUES ('rebar_fy', 'v1', 1, 'ksi', 'd', 's', "
      "'2026-01-01')",
  };
  for (const std::string& sql : refused) EXPECT_ANY_THROW(Query(sql)) << sql;
}

}  // namespace
}  // namespace schemaop
