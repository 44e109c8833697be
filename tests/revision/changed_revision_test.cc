#include "revision/changed_revision.h"

#include <gtest/gtest.h>

namespace schemaop::testing {
namespace {

Revision Named(const RevisionId& id, const RevisionId& parent) {
  Revision revision;
  revision.id = id;
  if (!parent.empty()) revision.down_revisions = {parent};
  revision.file = id + "_step.sql";
  revision.checksum = "f11e" + id + "aaaaaaaaaaaa";
  return revision;
}

const RevisionGraph kGraph =
    RevisionGraph::Build({Named("001", ""), Named("002", "001"), Named("003", "002")}).value();

LedgerEntry Ran(const RevisionId& id, const std::string& checksum,
                Direction direction = Direction::kUpgrade) {
  return {.revision = id,
          .direction = direction,
          .checksum = checksum,
          .finished_at = "2026-11-22T10:00:00Z",
          .duration = "1s"};
}

std::vector<RevisionId> Changed(const Heads& heads, const std::vector<LedgerEntry>& ledger) {
  DatabaseState state;
  state.heads = heads;
  state.ledger = ledger;
  std::vector<RevisionId> ids;
  for (const auto& changed : FindChangedRevisions(kGraph, state)) ids.push_back(changed.revision);
  return ids;
}

TEST(ChangedRevisionTest, OnlyAppliedRevisionsThatTheLedgerSawRunAreChecked) {
  using Ids = std::vector<RevisionId>;
  EXPECT_EQ(Changed({"003"}, {}), Ids());
  EXPECT_EQ(Changed({"003"}, {Ran("001", kGraph.At(0).checksum), Ran("003", "other")}), Ids{"003"});
  EXPECT_EQ(Changed({"003"}, {Ran("001", "other"), Ran("003", "other")}), (Ids{"001", "003"}));
  EXPECT_EQ(Changed({"002"}, {Ran("003", "other")}), Ids()) << "003 is not applied";
  EXPECT_EQ(Changed({"002"}, {Ran("002", "other", Direction::kDowngrade)}), Ids())
      << "002 was stamped since: nobody knows the text that ran";
  EXPECT_EQ(Changed({"unknown", "001"}, {Ran("001", "other"), Ran("unknown", "other")}),
            Ids{"001"});
  EXPECT_EQ(Changed({"001"}, {Ran("001", "")}), Ids()) << "no checksum was recorded";
}

TEST(ChangedRevisionTest, SaysWhatIsSoAndWhatToDo) {
  DatabaseState state;
  state.heads = {"003"};
  state.ledger = {Ran("002", "0123456789abcdef")};
  EXPECT_EQ(DescribeChanged(FindChangedRevisions(kGraph, state)),
            "revision 002 was changed after it had been applied: 002_step.sql has the checksum "
            "f11e002aaaaa, the ledger recorded 0123456789ab at 2026-11-22T10:00:00Z; put the text "
            "back and write the change as a new revision, or, when the new text is right for what "
            "the database holds, say so: schemactl ledger accept 002");
  state.ledger.push_back(Ran("003", "0123456789abcdef"));
  EXPECT_NE(DescribeChanged(FindChangedRevisions(kGraph, state)).find(" (changed as well: 003);"),
            std::string::npos);
}

}  // namespace
}  // namespace schemaop::testing
