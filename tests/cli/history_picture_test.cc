// history --graph and --format as other programs and terminals take them.
#include <algorithm>
#include <cstdlib>
#include <regex>
#include <sstream>

#include <gtest/gtest.h>

#include "postgres/test_postgres.h"
#include "schemactl.h"

namespace schemaop::testing {
namespace {

// Characters of UTF-8, each a column wide here.
std::size_t CountCharacters(const std::string& text) {
  return static_cast<std::size_t>(std::count_if(text.begin(), text.end(), [](char c) {
    return (static_cast<unsigned char>(c) & 0xC0U) != 0x80U;
  }));
}

class HistoryPictureTest : public ::testing::Test {
 protected:
  HistoryPictureTest() {
    schemactl_.AddTables(2);
    schemactl_.AddRevision("odd.sql",
                           "-- It's \"<odd>\" & \\n `so`\n-- revision: odd#{x}[\n"
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
            "* 002 (head), Create t2\n| * odd#{x}[ (head), It's \"<odd>\" & \\n `so`\n|-'\n"
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

// Histories that tempt a parser: `count` revisions of branches and merges, and messages and ids
// that mean something in the picture's language.
void AddBranchyHistory(const Schemactl& schemactl, int count) {
  for (int i = 1; i <= count; ++i) {
    std::string parents = i == 1 ? "none" : "r" + std::to_string(i % 3 == 0 ? i / 2 : i - 1);
    if (i % 7 == 0) parents = "r" + std::to_string(i - 1) + ", r" + std::to_string(i / 2);
    const std::string id = "r" + std::to_string(i);
    schemactl.AddRevision(
        Numbered(i) + ".sql",
        "-- Step " + id + "\n-- revision: " + id + "\n-- down_revision: " + parents +
            (i > 10 && i % 10 == 1 ? "\n-- depends_on: r" + std::to_string(i - 5) : "") +
            "\n-- migrate:up\n-- migrate:down\n");
  }
}

const std::vector<std::string> kOddMessages{"end",
                                            "subgraph x",
                                            "click r0 call",
                                            "It's \"quoted\"",
                                            "[brackets] (round) {curly} |pipe| /slash/",
                                            "ünïcödé ✅ 数据 العربية",
                                            "<b>html</b> & #35; #quot; &amp;",
                                            "a --> b",
                                            "%% comment",
                                            "%%{init: {}}%%",
                                            "style r0 fill",
                                            "`markdown **bold**`",
                                            "1. list",
                                            "back\\slash \\n \\",
                                            "; semicolon;",
                                            "$$x^2$$",
                                            "tab\there bell\x07 escape\x1b[31m",
                                            "@{ shape: x } :::class ~tilde~ __under__"};

void AddOddHistory(const Schemactl& schemactl) {
  const std::vector<std::string> ids{"end",     "subgraph", "o",    "x",
                                     "default", "a#{b}",    "1.a!", "a[b]"};
  for (std::size_t i = 0; i < kOddMessages.size(); ++i) {
    const auto id = [&](std::size_t n) {
      return n < ids.size() ? ids[n] : "id" + std::to_string(n);
    };
    schemactl.AddRevision(Numbered(static_cast<int>(i)) + ".sql",
                          "-- " + kOddMessages[i] + "\n-- revision: " + id(i) +
                              "\n-- down_revision: " + (i == 0 ? "none" : id(i - 1)) +
                              "\n-- migrate:up\n-- migrate:down\n");
  }
}

// What of Mermaid's flowcharts we write: no text but between quotes, and there nothing that Mermaid
// or Markdown would read.
const std::regex kMermaidLine(
    R"re(flowchart BT|  r\d+\["([^"#<>&`\\$]|#(quot|lt|gt|amp|\d+);|<br/>)*"\])re"
    R"re(|  r\d+ (-->|-\.->) r\d+|  classDef \w+ fill:#\w+,color:#\w+|  class r\d+(,r\d+)* \w+)re");

struct History {
  std::string name;
  void (*add)(const Schemactl& schemactl);
};

void PrintTo(const History& history, std::ostream* out) { *out << history.name; }

class PictureLanguageTest : public ::testing::TestWithParam<History> {
 protected:
  PictureLanguageTest() {
    schemactl_.SetEnvironment("LC_ALL", "C.UTF-8");
    GetParam().add(schemactl_);
  }

  std::string Picture(const std::string& format) const {
    const RunResult result = schemactl_.Run({"history", "--format", format});
    EXPECT_EQ(result.exit_code, 0) << result.err;
    return result.out;
  }

  Schemactl schemactl_;
};

TEST_P(PictureLanguageTest, MermaidTakesIt) {
  const std::string picture = Picture("mermaid");
  std::istringstream lines(picture);
  for (std::string line; std::getline(lines, line);) {
    EXPECT_TRUE(std::regex_match(line, kMermaidLine)) << line;
    for (const char c : line) EXPECT_FALSE((c >= '\0' && c < ' ') || c == '\x7f') << line;
  }
  // A folder where `npm install mermaid jsdom` was run: the parser that viewers have.
  const char* folder = std::getenv("SCHEMAOP_MERMAID");
  if (folder == nullptr) return;
  WriteFile(
      schemactl_.folder() / "parse.cjs",
      "const { createRequire } = require('module'), { pathToFileURL } = require('url');\n"
      "const from = createRequire(process.argv[2] + '/package.json');\n"
      "global.window = new (from('jsdom').JSDOM)('').window;\n"
      "global.document = window.document;\n"
      "import(pathToFileURL(process.argv[2] + '/node_modules/mermaid/dist/mermaid.core.mjs'))\n"
      "  .then(m => m.default.parse(require('fs').readFileSync(0, 'utf8')))\n"
      "  .then(r => console.log(r.diagramType));\n");
  ProcessOptions node;
  node.arguments = {"node", (schemactl_.folder() / "parse.cjs").string(), folder};
  node.input = picture;
  const RunResult parsed = testing::Run(node);
  EXPECT_EQ(parsed.exit_code, 0) << parsed.err;
  EXPECT_EQ(parsed.out, "flowchart-v2\n");
}

TEST_P(PictureLanguageTest, GraphvizTakesIt) {
  ProcessOptions dot;
  dot.arguments = {"dot", "-Tsvg"};
  dot.input = Picture("dot");
  const RunResult drawn = testing::Run(dot);
  EXPECT_EQ(drawn.exit_code, 0) << drawn.err;
  EXPECT_EQ(drawn.err, "");
  ProcessOptions python;
  python.arguments = {"python3", "-c",
                      "import sys, xml.etree.ElementTree as tree; "
                      "tree.fromstring(sys.stdin.buffer.read())"};
  for (const std::string& svg : {drawn.out, Picture("svg")}) {
    python.input = svg;
    const RunResult read = testing::Run(python);
    EXPECT_EQ(read.exit_code, 0) << read.err;
  }
}

INSTANTIATE_TEST_SUITE_P(
    Histories, PictureLanguageTest,
    ::testing::Values(
        History{"Empty",
                [](const Schemactl& schemactl) {
                  std::filesystem::create_directories(schemactl.folder() / "versions");
                }},
        History{"Linear", [](const Schemactl& schemactl) { schemactl.AddTables(12); }},
        History{"Branchy", [](const Schemactl& schemactl) { AddBranchyHistory(schemactl, 60); }},
        History{"Odd", AddOddHistory}),
    [](const auto& history) { return history.param.name; });

// The tree of 60 revisions with branches and merges, as a terminal of 80 columns shows it.
TEST_F(HistoryPictureTest, ABranchyHistoryStaysReadableInEightyColumns) {
  Schemactl branchy;
  branchy.SetEnvironment("LC_ALL", "C.UTF-8");
  AddBranchyHistory(branchy, 60);
  std::istringstream lines(branchy.Run({"history", "--graph"}).out);
  std::size_t revisions = 0;
  for (std::string line; std::getline(lines, line);) {
    const std::size_t id = line.find('r');
    if (id == std::string::npos) continue;
    ++revisions;
    EXPECT_LE(CountCharacters(line), 80U) << line;
    // At least half of the line is left for words.
    EXPECT_LE(CountCharacters(line.substr(0, id)), 40U) << line;
  }
  EXPECT_EQ(revisions, 60U);
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
