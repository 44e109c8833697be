#include "cli/revision_name.h"

#include <gtest/gtest.h>

namespace schemaop {
namespace {

RevisionGraph GraphOf(const std::vector<std::string>& ids) {
  std::vector<Revision> revisions;
  for (const std::string& id : ids) {
    Revision revision;
    revision.id = id;
    if (!revisions.empty()) revision.down_revisions = {revisions.back().id};
    revisions.push_back(revision);
  }
  return *RevisionGraph::Build(revisions);
}

TEST(RevisionNameTest, GoesOnCountingWhereTheProjectCounts) {
  EXPECT_EQ(NextRevisionId(GraphOf({"001", "002", "004"}), 7), "005");
  EXPECT_EQ(NextRevisionId(GraphOf({"9"}), 7), "10");
  EXPECT_EQ(NextRevisionId(GraphOf({"099"}), 7), "100");
  EXPECT_EQ(NextRevisionId(GraphOf({"999", "1000"}), 7), "1001");
}

TEST(RevisionNameTest, DrawsTwelveHexadecimalDigitsElsewhere) {
  EXPECT_EQ(NextRevisionId(GraphOf({}), 0xABC), "000000000abc");
  EXPECT_EQ(NextRevisionId(GraphOf({"001", "ab12"}), 0xFFFF'1234'5678'9ABCU), "123456789abc");
  EXPECT_EQ(NextRevisionId(GraphOf({"20261122100000"}), 1), "000000000001");
}

TEST(RevisionNameTest, MakesAFileNameOfTheMessage) {
  EXPECT_EQ(RevisionFileName("005", "Add users & roles!"), "005_add_users_roles.sql");
  EXPECT_EQ(RevisionFileName("005", "  ../../etc/passwd "), "005_etc_passwd.sql");
  EXPECT_EQ(RevisionFileName("005", "größe"), "005_gr_e.sql");
  EXPECT_EQ(RevisionFileName("005", "日本"), "005.sql");
  EXPECT_EQ(RevisionFileName("005", "index every column that anybody ever asked for twice"),
            "005_index_every_column_that_anybody_ever.sql");
  EXPECT_EQ(RevisionFileName("005", std::string(50, 'a')), "005_" + std::string(40, 'a') + ".sql");
}

}  // namespace
}  // namespace schemaop
