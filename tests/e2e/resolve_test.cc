// `schemactl resolve` beside an operator that runs: it goes on by itself, as it was told.
#include <string>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "test_paths.h"
#include "world.h"

namespace schemaop::testing {
namespace {

using nlohmann::json;
using ::testing::HasSubstr;

// Commits by itself, so that nobody can prove later what became of it; waits until there is a gate.
constexpr const char* kOpaqueStatement =
    "DO $$ BEGIN INSERT INTO effects VALUES (1); COMMIT; WHILE NOT EXISTS (SELECT FROM gate) LOOP "
    "PERFORM pg_sleep(0.05); COMMIT; END LOOP; END $$;";

std::string OpaqueRevision() {
  const std::string mark = "-- migrate:up";
  std::string text = RevisionText("001", "", kOpaqueStatement, "SELECT 1;");
  return text.insert(text.find(mark) + mark.size(), " transaction:false");
}

class ResolveE2eTest : public ::testing::Test {
 protected:
  ResolveE2eTest() : ns_(world_.CreateNamespace()), database_(world_.CreateDatabase()) {
    world_.ApplySecret(ns_, "db", world_.OperatorUrl(database_));
    Super(
        "CREATE TABLE effects (n int); CREATE TABLE gate (n int); GRANT ALL ON effects, gate TO "
        "app");
    WriteFile(project_.path() / "versions" / "001.sql", OpaqueRevision());
  }

  std::string Super(const std::string& sql) { return world_.postgres().Query(database_, sql); }

  // The operator's session ends in the middle of the statement, and it says that it cannot tell.
  void LeaveInDoubt() {
    json object = SchemaVersionObject(ns_, "app", "head", {{"001.sql", OpaqueRevision()}});
    object["spec"]["interval"] = "30s";
    world_.Apply(object);
    ASSERT_TRUE(WaitForOperator([&] { return Super("SELECT count(*) FROM effects") == "1"; }))
        << world_.OperatorLog();
    Super(
        "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = "
        "current_database() AND query LIKE 'DO $$ BEGIN INSERT%'");
    const json doubtful = world_.WaitForReason(ns_, "app", "InDoubt");
    EXPECT_THAT(ReadyOf(doubtful)["message"].get<std::string>(),
                HasSubstr("schemactl resolve 001 --done"));
    Super("INSERT INTO gate VALUES (1)");
  }

  // What a person at the command line says.
  RunResult Resolve(const std::string& word) {
    return schemaop::testing::Run(
        {.arguments = {std::string(SCHEMAOP_BIN_DIR) + "/schemactl", "--directory",
                       project_.path().string(), "--url", world_.OperatorUrl(database_), "resolve",
                       "001", word}},
        std::chrono::minutes(3));
  }

  std::string LedgerKinds() {
    return Super("SELECT string_agg(kind, ' ' ORDER BY sequence) FROM schemaversion.ledger");
  }

  World& world_ = World::Get();
  const std::string ns_;
  const std::string database_;
  const TempFolder project_;
};

TEST_F(ResolveE2eTest, AStatementThatIsSaidToBeDoneIsNotRepeatedByTheOperator) {
  LeaveInDoubt();
  const RunResult said = Resolve("--done");
  ASSERT_EQ(said.exit_code, 0) << said.err;
  EXPECT_EQ(world_.WaitForReason(ns_, "app", "UpToDate")["status"]["currentRevision"], "001");
  EXPECT_EQ(Super("SELECT count(*) FROM effects"), "1");
  EXPECT_EQ(LedgerKinds(), "intent resolved applied");
}

TEST_F(ResolveE2eTest, AStatementThatIsSaidToHaveFailedIsSentAgainByTheOperator) {
  LeaveInDoubt();
  const RunResult said = Resolve("--retry");
  ASSERT_EQ(said.exit_code, 0) << said.err;
  EXPECT_EQ(world_.WaitForReason(ns_, "app", "UpToDate")["status"]["currentRevision"], "001");
  EXPECT_EQ(Super("SELECT count(*) FROM effects"), "2");
  EXPECT_EQ(LedgerKinds(), "intent resolved intent done applied");
}

}  // namespace
}  // namespace schemaop::testing
