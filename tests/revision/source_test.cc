#include "revision/source.h"

#include <gtest/gtest.h>

namespace schemaop {
namespace {

SourceFile File(const std::string& name, const std::string& id, const std::string& parent) {
  return {name, "-- A.\n-- revision: " + id + "\n-- down_revision: " + parent +
                    "\n\n-- migrate:up\nSELECT 1;\n"};
}

TEST(SourceTest, LoadsRevisionFilesInNameOrder) {
  const auto source = LoadSource({File("b/2.sql", "b", "a"),
                                  File("c.sql", "c", "a"),
                                  File("a.sql", "a", "none"),
                                  {"README.md", "no revision"}});
  ASSERT_TRUE(source) << source.error().message;
  ASSERT_EQ(source->graph->size(), 3U);
  EXPECT_EQ(source->graph->At(0).file, "a.sql");
  EXPECT_EQ(source->graph->At(1).file, "b/2.sql");
  EXPECT_EQ(source->graph->At(2).file, "c.sql");
  EXPECT_EQ(source->graph->HeadIds(), (std::vector<RevisionId>{"b", "c"}));
}

TEST(SourceTest, LoadsAnEmptyGraphFromNoFiles) {
  const auto source = LoadSource({});
  ASSERT_TRUE(source);
  EXPECT_EQ(source->graph->size(), 0U);
  EXPECT_EQ(source->digest,
            "sha256:e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
}

TEST(SourceTest, GivesTheSameFilesTheSameDigestInAnyOrder) {
  const SourceFile a = File("a.sql", "a", "none");
  const SourceFile b = File("b.sql", "b", "a");
  const auto digest = [](std::vector<SourceFile> files) {
    const auto source = LoadSource(std::move(files));
    EXPECT_TRUE(source);
    return source ? source->digest : "";
  };
  EXPECT_EQ(digest({b, a, {"notes.txt", "x"}}), digest({a, b}));
  EXPECT_NE(digest({a, b}), digest({a}));
  EXPECT_NE(digest({a, {"b2.sql", b.text}}), digest({a, b}));
  EXPECT_NE(digest({a, {b.name, b.text + "\n"}}), digest({a, b}));
  // Pinned: status and ledger compare it across versions of this program.
  EXPECT_EQ(digest({a, b}),
            "sha256:2efddeaec0510f6bcd712fa5e8a4ebc026ea01b43f900d5a40adb3f7142cc0c3");
}

TEST(SourceTest, ReportsTheFirstProblemInNameOrder) {
  const auto source = LoadSource({{"b.sql", "SELECT 1;"}, {"a.sql", "-- A.\n-- revision: a\n"}});
  ASSERT_FALSE(source);
  EXPECT_EQ(
      source.error(),
      (Error{ErrorCode::kInvalid,
             "a.sql:1:1: no \"-- down_revision:\" line below the message: add one with the id "
             "this revision builds on, or none"}));
}

TEST(SourceTest, PassesOnWhatTheGraphRefuses) {
  const auto source = LoadSource({File("a.sql", "a", "zz")});
  ASSERT_FALSE(source);
  EXPECT_EQ(source.error().code, ErrorCode::kInvalid);
  EXPECT_NE(source.error().message.find("a.sql"), std::string::npos) << source.error().message;
}

}  // namespace
}  // namespace schemaop
