// history --graph and --format as other programs and terminals take them.
#include <gtest/gtest.h>

#include "postgres/test_postgres.h"
#include "schemactl.h"

namespace schemaop::testing {
namespace {

class HistoryPictureTest : public ::testing::Test {
 protected:
  HistoryPictureTest() {
    schemactl_.AddTables(2);
    schemactl_.AddRevision("odd.sql",
                           "-- It's \"<odd>\" & \\n `so`\n-- revision: odd;'\"<\\\n"
                           "-- down_revision: 001\n-- migrate:up\n-- migrate:down\n");
  }

  Schemactl schemactl_;
};

TEST_F(HistoryPictureTest, DrawsInTheCharactersOfTheLocale) {
  schemactl_.SetEnvironment("LC_ALL", "C.UTF-8");
  const std::string boxes = schemactl_.Run({"history", "--graph", "-r", ":002"}).out;
  EXPECT_EQ(boxes, "● 002 (head), Create t2\n● 001, Create t1\n");
  schemactl_.SetEnvironment("LC_ALL", "C");
  const std::string ascii = schemactl_.Run({"history", "--graph"}).out;
  EXPECT_EQ(ascii,
            "* 002 (head), Create t2\n| * odd;'\"<\\ (head), It's \"<odd>\" & \\n `so`\n|-'\n"
            "* 001, Create t1\n");
}

TEST_F(HistoryPictureTest, MarksWhatADatabaseHas) {
  schemactl_.SetEnvironment("LC_ALL", "C");
  TestPostgres& server = TestPostgres::Shared();
  schemactl_.UseDatabase(server.Url(server.CreateDatabase()));
  ASSERT_EQ(schemactl_.Run({"upgrade", "001"}).exit_code, 0);
  EXPECT_EQ(schemactl_.Run({"history", "--graph", "-i", "-r", ":002"}).out,
            "o 002 (head), Create t2\n@ 001 (current), Create t1\n\n"
            "@ current   * applied   o pending\n");
}

TEST_F(HistoryPictureTest, GraphvizTakesTheDot) {
  ProcessOptions dot;
  dot.arguments = {"dot", "-Tsvg"};
  dot.input = schemactl_.Run({"history", "--format", "dot"}).out;
  const RunResult drawn = testing::Run(dot);
  EXPECT_EQ(drawn.exit_code, 0) << drawn.err;
  EXPECT_EQ(drawn.err, "");
  EXPECT_NE(drawn.out.find("Create t2"), std::string::npos);
}

TEST_F(HistoryPictureTest, TheSvgIsXmlWithATitle) {
  ProcessOptions python;
  python.arguments = {"python3", "-c",
                      "import sys, xml.etree.ElementTree as tree\n"
                      "root = tree.fromstring(sys.stdin.buffer.read())\n"
                      "print(root.tag, root[0].tag, root[0].text)\n"
                      "print(len(root.findall('.//{*}circle')), len(root.findall('{*}path')))"};
  python.input = schemactl_.Run({"history", "--format", "svg"}).out;
  const RunResult read = testing::Run(python);
  EXPECT_EQ(read.exit_code, 0) << read.err;
  EXPECT_EQ(read.out,
            "{http://www.w3.org/2000/svg}svg {http://www.w3.org/2000/svg}title History of "
            "migrations\n3 2\n");
}

TEST_F(HistoryPictureTest, OnePictureAtATime) {
  for (const std::vector<std::string>& also :
       std::vector<std::vector<std::string>>{{"--format", "svg"}, {"-o", "json"}, {"-v"}}) {
    std::vector<std::string> arguments{"history", "--graph"};
    arguments.insert(arguments.end(), also.begin(), also.end());
    const RunResult result = schemactl_.Run(arguments);
    EXPECT_EQ(result.exit_code, 2) << also.front();
    EXPECT_EQ(result.out, "");
    EXPECT_NE(result.err.find("excludes"), std::string::npos) << result.err;
  }
}

}  // namespace
}  // namespace schemaop::testing
