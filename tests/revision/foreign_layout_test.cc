#include "revision/foreign_layout.h"

#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "base/sha256.h"
#include "base/text.h"
#include "test_paths.h"

namespace schemaop {
namespace {

namespace fs = std::filesystem;

const fs::path kLayouts = fs::path(SCHEMAOP_TESTDATA) / "layouts";

std::string ReadText(const fs::path& path) {
  std::ifstream stream(path, std::ios::binary);
  EXPECT_TRUE(stream) << path;
  return {std::istreambuf_iterator<char>(stream), std::istreambuf_iterator<char>()};
}

std::vector<SourceFile> ReadLayout(const std::string& tool) {
  std::vector<SourceFile> files;
  for (const auto& entry : fs::directory_iterator(kLayouts / tool)) {
    files.push_back({entry.path().filename().string(), ReadText(entry.path())});
  }
  return files;
}

std::string Describe(std::string_view name, const Section& section) {
  std::string text = "  " + std::string(name) +
                     (section.transactional ? "" : " transaction:false") +
                     (section.file.empty() ? "" : " of " + section.file) + "\n";
  for (const Statement& statement : section.statements) {
    text += "    " + std::to_string(statement.position.line) + ":" +
            std::to_string(statement.position.column) + " " + JsonQuote(statement.text) + "\n";
  }
  return text;
}

std::string Describe(const RevisionGraph& graph) {
  std::string text;
  for (RevisionGraph::Index i = 0; i < graph.size(); ++i) {
    const Revision& revision = graph.At(i);
    text += (revision.down_revisions.empty() ? "<base>" : Join(revision.down_revisions, ", ")) +
            " -> " + revision.id + ", " + revision.message + "\n  file " + revision.file + "\n" +
            Describe("up", revision.upgrade);
    if (revision.downgrade) text += Describe("down", *revision.downgrade);
  }
  return text;
}

class ForeignLayoutTest : public ::testing::TestWithParam<const char*> {};

TEST_P(ForeignLayoutTest, ReadsAFolderOfTheToolAsItsExpectationSays) {
  const std::string tool = GetParam();
  const auto source = LoadSource(ReadLayout(tool));
  ASSERT_TRUE(source) << source.error().message;
  EXPECT_EQ(Describe(*source->graph), ReadText(kLayouts / (tool + ".expected")));
}

INSTANTIATE_TEST_SUITE_P(Tools, ForeignLayoutTest,
                         ::testing::Values("golang_migrate", "goose", "dbmate", "flyway"),
                         [](const auto& tool) { return std::string(tool.param); });

TEST(ForeignSourceTest, SumsBothFilesOfAPair) {
  const auto checksum = [](const std::string& down) {
    const auto source = LoadSource({{"1_a.up.sql", "SELECT 1;"}, {"1_a.down.sql", down}});
    return source ? source->graph->At(0).checksum : source.error().message;
  };
  EXPECT_EQ(checksum("SELECT 2;"), Sha256Hex(Sha256Hex("SELECT 1;") + Sha256Hex("SELECT 2;")));
  EXPECT_NE(checksum("SELECT 2;"), checksum("SELECT 3;"));
}

TEST(ForeignSourceTest, KeepsTheTextOfASectionWithoutTheTransactionAroundIt) {
  const auto source = LoadSource({{"1_a.up.sql", "-- why\nBEGIN;\nSELECT 1;\nCOMMIT;\n"}});
  ASSERT_TRUE(source) << source.error().message;
  EXPECT_EQ(Trim(source->graph->At(0).upgrade.text.substr(0, 6)), "-- why");
  EXPECT_EQ(source->graph->At(0).upgrade.text.find("BEGIN"), std::string::npos);
  EXPECT_EQ(source->graph->At(0).upgrade.text.find("COMMIT"), std::string::npos);
}

TEST(ForeignSourceTest, TakesAFileWithAHeaderForOursWhateverItsName) {
  const std::string header = "-- A.\n-- revision: a\n-- down_revision: none\n\n-- migrate:up\n";
  for (const char* name : {"1_a.up.sql", "V1__a.sql", "00001_a.sql"}) {
    const auto source = LoadSource({{name, header + "SELECT 1;\n-- +goose Up\n"}});
    ASSERT_TRUE(source) << source.error().message;
    EXPECT_EQ(source->graph->HeadIds(), std::vector<RevisionId>{"a"});
  }
}

TEST(ForeignSourceTest, ReadsFilesFromWindows) {
  const std::string bom = "\xEF\xBB\xBF";
  for (const SourceFile& file :
       {SourceFile{"1_a.sql", bom + "-- +goose Up\r\nSELECT 1;\r\n-- +goose Down\r\n"},
        SourceFile{"1_a.sql", bom + "-- migrate:up\r\nSELECT 1;\r\n-- migrate:down\r\n"}}) {
    const auto source = LoadSource({file});
    ASSERT_TRUE(source) << source.error().message;
    EXPECT_EQ(source->graph->At(0).upgrade.text, "SELECT 1;");
    EXPECT_TRUE(source->graph->At(0).downgrade.has_value());
  }
}

struct Refusal {
  std::vector<SourceFile> files;
  std::string error;
};

void ExpectRefusals(const std::vector<Refusal>& refusals) {
  for (const Refusal& refusal : refusals) {
    const auto source = LoadSource(refusal.files);
    ASSERT_FALSE(source) << refusal.error;
    EXPECT_EQ(source.error(), (Error{ErrorCode::kInvalid, refusal.error}));
  }
}

const SourceFile kOwn{"001_a.sql",
                      "-- A.\n-- revision: 001\n-- down_revision: none\n\n-- migrate:up\n"};
const SourceFile kGoose{"1_a.sql", "-- +goose Up\nSELECT 1;\n"};

TEST(ForeignSourceTest, RefusesAFolderOfTwoTools) {
  ExpectRefusals({
      {{kOwn, {"002_b.sql", "-- B.\n-- migrate:up\n"}},
       "002_b.sql:1:1: this file has a \"-- migrate:up\" mark but no \"-- revision:\" line above "
       "it, like dbmate's, but 001_a.sql has a \"-- revision:\" line: a folder holds the files of "
       "one tool; correct one of the two, or move it elsewhere"},
      {{kGoose, {"V2__b.sql", "SELECT 1;"}},
       "V2__b.sql:1:1: this file is named like Flyway's, but 1_a.sql has goose's \"-- +goose\" "
       "marks: a folder holds the files of one tool; correct one of the two, or move it elsewhere"},
      {{kGoose, {"2_b.up.sql", "SELECT 1;"}},
       "2_b.up.sql:1:1: this file is named like golang-migrate's, but 1_a.sql has goose's \"-- "
       "+goose\" marks: a folder holds the files of one tool; correct one of the two, or move it "
       "elsewhere"},
  });
}

TEST(ForeignSourceTest, RefusesNamesTheToolWouldNotTake) {
  const std::string long_number(33, '1');
  ExpectRefusals({
      {{{"1_a.up.sql", ""}, {"notes.sql", ""}},
       "notes.sql:1:1: the name of a golang-migrate migration is 1_title.up.sql, or "
       "1_title.down.sql for what undoes it: rename it, or move it elsewhere"},
      {{{"V1__a.sql", ""}, {"beforeMigrate.sql", ""}},
       "beforeMigrate.sql:1:1: the name of a Flyway migration is V1__title.sql, or U1__title.sql "
       "for what undoes it: rename it, or move it elsewhere"},
      {{{"a.sql", kGoose.text}},
       "a.sql:1:1: the name of a goose migration is its number and its title, such as "
       "00001_title.sql: rename it, or move it elsewhere"},
      {{{"1_a.sql", "-- migrate:up\n"}, {"b.sql", ""}},
       "b.sql:1:1: the name of a dbmate migration begins with its number, such as "
       "20261122100000_title.sql: rename it, or move it elsewhere"},
      {{{long_number + "_a.up.sql", ""}},
       long_number + "_a.up.sql:1:1: version " + long_number +
           " has 33 characters: the version table holds at most 32"},
      {{{"V1__a.sql", ""}, {"R__views.sql", ""}},
       "R__views.sql:1:1: a repeatable migration is no step of a history: make it a versioned one, "
       "a new version for each change"},
      {{{"B3__all.sql", ""}, {"V4__a.sql", ""}},
       "B3__all.sql:1:1: a baseline migration is no step of a history: move it elsewhere; a "
       "database that is there already is marked by schemactl stamp"},
  });
}

TEST(ForeignSourceTest, RefusesTwoMigrationsOfOneNumberHoweverWritten) {
  ExpectRefusals({
      {{{"01_a.up.sql", ""}, {"1_b.up.sql", ""}},
       "1_b.up.sql:1:1: version 1 is taken by 01_a.up.sql already: give one of them another "
       "number"},
      {{{"V1.0__a.sql", ""}, {"V1__b.sql", ""}},
       "V1__b.sql:1:1: version 1 is taken by V1.0__a.sql already: give one of them another number"},
      {{{"a/1_x.sql", kGoose.text}, {"b/001_x.sql", kGoose.text}},
       "b/001_x.sql:1:1: version 001 is taken by a/1_x.sql already: give one of them another "
       "number"},
      {{{"2_a.down.sql", ""}},
       "2_a.down.sql:1:1: this undoes version 2, but no file does it: add that file, or remove "
       "this one"},
  });
}

TEST(ForeignSourceTest, RefusesWhatTheToolWouldReplaceBeforeItRuns) {
  ExpectRefusals({
      {{{"V1__a.sql", "SELECT 1;\nDROP TABLE ${table};\n"}},
       "V1__a.sql:2:12: Flyway would put a value in place of this \"${...}\": write the value "
       "itself, SQL runs as it stands here"},
      {{{"V1__a.sql", "CREATE TABLE a (i int);\n-- migrate:down\nDROP TABLE a;\n"}},
       "V1__a.sql:2:1: a Flyway migration has no sections, and what stands below this line would "
       "be run as part of it: put what undoes V1__title.sql into U1__title.sql beside it"},
      {{{"1_a.sql", "-- +goose Up\n-- +goose ENVSUB ON\n"}},
       "1_a.sql:2:1: goose would put environment variables into the SQL from here on: write the "
       "values themselves, SQL runs as it stands here"},
  });
}

TEST(ForeignSourceTest, SaysInTheToolsOwnWordsWhatToDoAboutTransactions) {
  const std::string mixed = "SELECT 1;\nVACUUM;\n";
  ExpectRefusals({
      {{{"1_a.up.sql", mixed}},
       "1_a.up.sql:2:1: VACUUM cannot run inside a transaction, but other statements of its "
       "section can: move it to a migration of its own"},
      {{{"V1__a.sql", mixed}},
       "V1__a.sql:2:1: VACUUM cannot run inside a transaction, but other statements of its section "
       "can: move it to a migration of its own, as Flyway wants it too"},
      {{{"1_a.sql", "-- +goose Up\n" + mixed}},
       "1_a.sql:3:1: VACUUM cannot run inside a transaction, but other statements of its section "
       "can: move it to a migration of its own, or put \"-- +goose NO TRANSACTION\" at the top of "
       "the file to run each of its statements on its own"},
      {{{"1_a.up.sql", "BEGIN;\nSELECT 1;\nCOMMIT;\nSELECT 2;\n"}},
       "1_a.up.sql:1:1: BEGIN may not stand in a revision, which begins and ends its own "
       "transaction: remove it"},
  });
}

TEST(ForeignSourceTest, RefusesMarksThatMakeNoSense) {
  ExpectRefusals({
      {{{"1_a.sql", "-- +goose NO TRANSACTION\n"}},
       "1_a.sql:1:1: no \"-- +goose Up\" mark: put one on a line of its own above the SQL"},
      {{{"1_a.sql", "SELECT 1;\n-- +goose Up\n"}},
       "1_a.sql:1:1: this stands above \"-- +goose Up\": move it below"},
      {{{"1_a.sql", "\n  -- +goose Down\n"}},
       "1_a.sql:2:3: \"-- +goose Down\" stands first: put \"-- +goose Up\" above it"},
      {{{"1_a.sql", "-- +goose Up\n-- +goose Up\n"}},
       "1_a.sql:2:1: \"-- +goose Up\" does not belong here: a file has one Up and, below it, at "
       "most one Down"},
      {{{"1_a.sql", "-- +goose Up\n-- +goose StatementBegin\nSELECT 1;\n-- +goose Down\n"}},
       "1_a.sql:2:1: this statement has no end: add \"-- +goose StatementEnd\" below it"},
      {{{"1_a.sql", "-- +goose Up\nSELECT 1;\n-- +goose StatementEnd\n"}},
       "1_a.sql:3:1: there is no \"-- +goose StatementBegin\" above this: add or remove one"},
      {{{"1_a.sql", "-- +goose Up\n-- +goose Upp\n"}},
       "1_a.sql:2:1: \"-- +goose Upp\" is no mark of goose: the marks are Up, Down, "
       "StatementBegin, "
       "StatementEnd and NO TRANSACTION"},
      {{{"1_a.sql", "-- why\n\nSELECT 1;\n-- migrate:up\n"}},
       "1_a.sql:3:1: put a line \"-- migrate:up\" above the SQL: a dbmate migration begins with "
       "it"},
      {{{"1_a.sql", "-- migrate:down\n"}},
       "1_a.sql:1:1: \"-- migrate:down\" stands first: put \"-- migrate:up\" above it"},
  });
}

}  // namespace
}  // namespace schemaop
