#include "revision/rendered_section.h"

#include <string>

#include <gtest/gtest.h>

namespace schemaop {
namespace {

// The section's text, marked when it runs outside a transaction; the error's message otherwise.
std::string Parse(const std::string& sql) {
  const auto section = ParseRenderedSection("upgrade()", sql);
  if (!section) return section.error().message;
  return (section->transactional ? "" : "outside: ") + section->text;
}

TEST(RenderedSectionTest, RunsInATransactionUnlessSomethingStandsOutsideOne) {
  EXPECT_EQ(Parse(""), "");
  EXPECT_EQ(Parse("SELECT 1;\n\nSELECT 2;;\n\n"), "SELECT 1;\n\nSELECT 2;");
  EXPECT_EQ(Parse("BEGIN;\n\nSELECT 1;\n\nCOMMIT;\n"), "SELECT 1;");
  EXPECT_EQ(Parse("COMMIT;\n\nBEGIN;\n\nSELECT 1;\n"), "SELECT 1;");
  EXPECT_EQ(Parse("SELECT 1;\n\nCOMMIT;\n\nSELECT 2;\n\nBEGIN;\n\nSELECT 3;\n"),
            "outside: SELECT 1;\n\nSELECT 2;\n\nSELECT 3;");
  EXPECT_EQ(Parse("SELECT 1;\n\nVACUUM;\n"), "outside: SELECT 1;\n\nVACUUM;");
}

TEST(RenderedSectionTest, LeavesTextInQuotesAlone) {
  const std::string body = "DO $$ BEGIN; COMMIT; $$;\n\nSELECT 'COMMIT;', \"BEGIN;\";";
  EXPECT_EQ(Parse(body), body);
}

TEST(RenderedSectionTest, RefusesTransactionsOfTheMigrationsOwn) {
  EXPECT_EQ(Parse("SELECT 1;\nROLLBACK;\n"),
            "upgrade():2:1: ROLLBACK may not stand in a revision, which begins and ends its own "
            "transaction: remove it");
  EXPECT_EQ(Parse("SELECT 'a"), "upgrade():1:8: this string is never closed: add the missing '");
}

}  // namespace
}  // namespace schemaop
