#include "cli/workspace.h"

#include <gtest/gtest.h>

namespace schemaop {
namespace {

TEST(ProgramOnProjectTest, IsTheProgramAloneWhereNothingElseWasTyped) {
  GlobalOptions globals;
  EXPECT_EQ(ProgramOnProject(globals), "schemactl");
  globals.program = "kubectl schema";
  globals.quiet = true;
  EXPECT_EQ(ProgramOnProject(globals), "kubectl schema");
}

TEST(ProgramOnProjectTest, NamesProjectAndTablesAndNeverTheUrl) {
  GlobalOptions globals;
  globals.directory = "my project";
  globals.config = "db/schemactl.yaml";
  globals.version_table = "version's";
  globals.version_table_schema = "app";
  globals.ledger_schema = "ledger";
  globals.url = "postgresql://u:s3cret@h/d";
  EXPECT_EQ(ProgramOnProject(globals),
            "schemactl -d 'my project' -c db/schemactl.yaml --version-table 'version'\\''s' "
            "--version-table-schema app --ledger-schema ledger --url URL");
}

}  // namespace
}  // namespace schemaop
