// The forms of a result, and what goes where.
#include <gtest/gtest.h>

#include "schemactl.h"
#include "test_paths.h"

namespace schemaop::testing {
namespace {

TEST(OutputTest, ListsRevisionsInEveryForm) {
  const Schemactl schemactl;
  schemactl.AddTables(2);
  EXPECT_EQ(schemactl.Run({"history", "-o", "name"}).out, "002\n001\n");
  EXPECT_EQ(schemactl.Run({"history", "-o", "table"}).out,
            "REVISION   PARENTS   MARKS   MESSAGE\n"
            "002        001       head    Create t2\n"
            "001        <base>            Create t1\n");
  EXPECT_EQ(schemactl.Run({"heads", "-o", "wide"}).out,
            "REVISION   PARENTS   MARKS   MESSAGE     LABELS   DEPENDS ON   FILE\n"
            "002        001       head    Create t2                         "
            "migrations/versions/002_t.sql\n");
  EXPECT_EQ(schemactl.Run({"heads", "-o", "json"}).out,
            "[\n  {\n    \"revision\": \"002\",\n    \"down_revisions\": [\n      \"001\"\n    ],\n"
            "    \"depends_on\": [],\n    \"branch_labels\": [],\n    \"children\": [],\n    "
            "\"message\": \"Create t2\",\n"
            "    \"created\": \"\",\n    \"file\": \"migrations/versions/002_t.sql\",\n"
            "    \"head\": true,\n    \"effective_head\": false,\n    \"branchpoint\": false,\n"
            "    \"mergepoint\": false\n  }\n]\n");
  EXPECT_EQ(schemactl.Run({"heads", "-o", "yaml"}).out,
            "- revision: \"002\"\n  down_revisions:\n    - \"001\"\n  depends_on: []\n"
            "  branch_labels: []\n  children: []\n  message: \"Create t2\"\n  created: \"\"\n"
            "  file: \"migrations/versions/002_t.sql\"\n  head: true\n  effective_head: false\n"
            "  branchpoint: false\n  mergepoint: false\n");
}

// A message comes from a file that somebody else wrote.
TEST(OutputTest, SpellsOutWhatATerminalWouldActUpon) {
  const Schemactl schemactl;
  schemactl.AddRevision("001_t.sql",
                        "-- Add \x1b]0;title\x07 a table\n--\n-- revision: 001\n"
                        "-- down_revision: none\n\n-- migrate:up\nSELECT 1;\n");
  EXPECT_EQ(schemactl.Run({"history"}).out,
            "<base> -> 001 (head), Add \\x1b]0;title\\x07 a table\n");
  for (const char* command : {"heads", "show", "branches"}) {
    const auto out = schemactl.Run({command, command == std::string("show") ? "001" : "-v"}).out;
    EXPECT_EQ(out.find('\x1b'), std::string::npos) << command;
  }
}

TEST(OutputTest, IsAnEmptyListWithoutRevisions) {
  const Schemactl schemactl;
  std::filesystem::create_directories(schemactl.folder() / "versions");
  EXPECT_EQ(schemactl.Run({"heads"}).out, "");
  EXPECT_EQ(schemactl.Run({"history", "-o", "json"}).out, "[]\n");
  EXPECT_EQ(schemactl.Run({"history", "-o", "yaml"}).out, "[]\n");
}

TEST(OutputTest, ColoursStandardErrorOnlyWhenAsked) {
  Schemactl schemactl;
  EXPECT_EQ(schemactl.Run({"--color", "always", "frobnicate"}).err.substr(0, 5), "\x1b[31m");
  EXPECT_EQ(schemactl.Run({"frobnicate"}).err.find('\x1b'), std::string::npos);
  schemactl.SetEnvironment("CLICOLOR_FORCE", "1");
  EXPECT_EQ(schemactl.Run({"frobnicate"}).err.substr(0, 5), "\x1b[31m");
  schemactl.SetEnvironment("NO_COLOR", "1");
  EXPECT_EQ(schemactl.Run({"frobnicate"}).err.find('\x1b'), std::string::npos);
}

TEST(OutputTest, GoesByTheNameItIsCalledBy) {
  const Schemactl schemactl;
  std::filesystem::create_symlink(SCHEMAOP_SCHEMACTL, schemactl.folder() / "kubectl-schema");
  ProcessOptions plugin = schemactl.Options({});
  plugin.arguments = {(schemactl.folder() / "kubectl-schema").string(), "--help"};
  EXPECT_NE(testing::Run(plugin).out.find("Usage: kubectl schema [OPTIONS] SUBCOMMAND"),
            std::string::npos);
  EXPECT_EQ(schemactl.Run({"version"}).out, "schemactl 0.1.0\n");
  EXPECT_EQ(schemactl.Run({"--version"}).out, "schemactl 0.1.0\n");
}

}  // namespace
}  // namespace schemaop::testing
