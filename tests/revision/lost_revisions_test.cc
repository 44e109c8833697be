#include "revision/lost_revisions.h"

#include <gtest/gtest.h>

#include "base/text.h"
#include "revision/plan.h"
#include "revision/source.h"

namespace schemaop::testing {
namespace {

// "003(001,002)" for a file of revision 003 that merges 001 and 002.
std::shared_ptr<const RevisionGraph> Files(const std::vector<std::string>& revisions) {
  std::vector<SourceFile> files;
  for (const std::string& text : revisions) {
    const std::size_t bracket = text.find('(');
    const std::string id = text.substr(0, bracket);
    const std::string parents = text.substr(bracket + 1, text.size() - bracket - 2);
    files.push_back(
        {id + ".sql", "-- Step.\n--\n-- revision: " + id +
                          "\n-- down_revision: " + (parents.empty() ? "none" : parents) +
                          "\n\n-- migrate:up\nSELECT 1;\n-- migrate:down\nSELECT 2;\n"});
  }
  return LoadSource(files).value().graph;
}

StoredRevision Stored(const RevisionId& id, std::vector<RevisionId> parents,
                      std::optional<std::string> down = "DROP TABLE t") {
  StoredRevision stored;
  stored.id = id;
  stored.down_revisions = std::move(parents);
  stored.message = "Lost " + id;
  stored.checksum = "checksum of " + id;
  stored.up_sql = "CREATE TABLE t ()";
  stored.down_sql = std::move(down);
  return stored;
}

DatabaseState At(Heads heads, std::vector<StoredRevision> stored) {
  DatabaseState state;
  state.heads = std::move(heads);
  state.stored = std::move(stored);
  return state;
}

// "-004 -003 => 002" for the way to `target` of the files; the error's message otherwise.
std::string Way(const std::shared_ptr<const RevisionGraph>& files, const DatabaseState& state,
                const std::string& target) {
  const auto graph = CompleteFromLedger(files, state);
  if (!graph) return graph.error().message;
  const auto plan = PlanTowards(**graph, state.heads, ResolveGoal(*files, target).value());
  if (!plan) return plan.error().message;
  std::string way;
  for (const Step& step : plan->steps) {
    way += (step.direction == Direction::kUpgrade ? "+" : "-") + step.revision + " ";
  }
  return way + "=> " + Join(plan->to, ",");
}

const std::vector<std::string> kLine = {"001()", "002(001)", "003(002)"};

TEST(LostRevisionsTest, FilesAreTheHistoryWhenNothingIsLost) {
  const auto files = Files(kLine);
  EXPECT_EQ(CompleteFromLedger(files, At({"003"}, {})).value(), files);
  EXPECT_EQ(CompleteFromLedger(files, At({}, {Stored("004", {"003"})})).value(), files);
}

TEST(LostRevisionsTest, LostRevisionHasWhatTheLedgerKept) {
  const auto graph =
      CompleteFromLedger(Files(kLine), At({"004"}, {Stored("004", {"003"})})).value();
  const Revision& lost = *graph->Find("004");
  EXPECT_TRUE(lost.from_ledger);
  EXPECT_EQ(lost.file, "ledger:004");
  EXPECT_EQ(lost.message, "Lost 004");
  EXPECT_EQ(lost.checksum, "checksum of 004");
  EXPECT_EQ(lost.down_revisions, std::vector<RevisionId>{"003"});
  EXPECT_EQ(lost.upgrade.text, "CREATE TABLE t ()");
  ASSERT_TRUE(lost.downgrade);
  ASSERT_EQ(lost.downgrade->statements.size(), 1U);
  EXPECT_EQ(lost.downgrade->statements[0].text, "DROP TABLE t");
  EXPECT_TRUE(lost.downgrade->transactional);
  EXPECT_FALSE(graph->Find("003")->from_ledger);
}

TEST(LostRevisionsTest, TransactionModeIsTheStoredOneElseFoundOut) {
  const struct {
    std::optional<bool> stored;
    const char* sql;
    bool transactional;
  } kCases[] = {
      {true, "SELECT 1", true},
      {false, "SELECT 1", false},
      {std::nullopt, "SELECT 1", true},
      {std::nullopt, "DROP INDEX CONCURRENTLY i", false},
      {std::nullopt, "SELECT 1; DROP INDEX CONCURRENTLY i", false},
  };
  for (const auto& c : kCases) {
    StoredRevision stored = Stored("004", {"003"}, c.sql);
    stored.down_transactional = c.stored;
    const auto graph = CompleteFromLedger(Files(kLine), At({"004"}, {stored})).value();
    EXPECT_EQ(graph->Find("004")->downgrade->transactional, c.transactional) << c.sql;
  }
}

TEST(LostRevisionsTest, LostRevisionsAreTakenBackBeforeAnythingElse) {
  const auto files = Files(kLine);
  const std::vector<StoredRevision> row = {Stored("006", {"005"}), Stored("005", {"004"}),
                                           Stored("004", {"003"})};
  const struct {
    const char* name;
    DatabaseState state;
    const char* target;
    const char* way;
  } kCases[] = {
      {"one", At({"004"}, {Stored("004", {"003"})}), "head", "-004 => 003"},
      {"several in a row", At({"006"}, row), "head", "-006 -005 -004 => 003"},
      {"with files on the way", At({"006"}, row), "001", "-006 -005 -004 -003 -002 => 001"},
      {"a branch", At({"003", "b2"}, {Stored("b2", {"b1"}), Stored("b1", {"001"})}), "head",
       "-b2 -b1 => 003"},
      {"a branch of its own base", At({"003", "b1"}, {Stored("b1", {})}), "003", "-b1 => 003"},
      {"a merge", At({"m"}, {Stored("m", {"003", "b1"}), Stored("b1", {"001"})}), "head",
       "-m -b1 => 003"},
      {"a goal that is not applied yet", At({"x"}, {Stored("x", {"001"})}), "head", "-x => 001"},
  };
  for (const auto& c : kCases) EXPECT_EQ(Way(files, c.state, c.target), c.way) << c.name;
}

TEST(LostRevisionsTest, DependencyOfALostRevisionGetsItsRowBack) {
  StoredRevision lost = Stored("b1", {});
  lost.depends_on = {"003"};
  EXPECT_EQ(Way(Files(kLine), At({"b1"}, {lost}), "head"), "-b1 => 003");
}

TEST(LostRevisionsTest, WhatCannotBeTakenBackIsNamed) {
  const auto files = Files(kLine);
  EXPECT_EQ(Way(files, At({"9f3c"}, {}), "head"),
            "revision 9f3c is in no file and not in the ledger");
  EXPECT_EQ(Way(files, At({"005"}, {Stored("005", {"004"})}), "head"),
            "revision 005 is in no file; the ledger keeps it, but not revision 004, which it was "
            "built on");
  EXPECT_EQ(Way(files, At({"004"}, {Stored("004", {"003"}, std::nullopt)}), "head"),
            "revision 004 is irreversible: no file declares it any more, and the ledger keeps no "
            "down SQL of it; put its file back");
  EXPECT_EQ(Way(files, At({"004"}, {Stored("004", {"003"}, "SELECT 'open")}), "head"),
            "ledger:004:1:8: this string is never closed: add the missing '");
}

}  // namespace
}  // namespace schemaop::testing
