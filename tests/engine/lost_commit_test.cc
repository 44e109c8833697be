#include "engine/lost_commit.h"

#include <gtest/gtest.h>

namespace schemaop {
namespace {

const LostCommit kStep{"731", Heads{"002", "7a1"}, {"001", "7a1"}};
const LostCommit kJournalRow{"731", std::nullopt, {"001", "7a1"}};

TEST(LostCommitTest, IsCommittedWhenTheRowsAreThoseItLeaves) {
  EXPECT_EQ(WasCommitted(kStep, std::nullopt, Heads{"7a1", "002"}, "public.v"), true);
  EXPECT_EQ(WasCommitted(kStep, std::nullopt, Heads{"001", "7a1"}, "public.v"), false);
  EXPECT_EQ(WasCommitted(kStep, true, Heads{"7a1", "002"}, "public.v"), true);
  EXPECT_EQ(WasCommitted(kStep, false, Heads{"001"}, "public.v"), false);
}

TEST(LostCommitTest, WitnessesWhoDisagreeTellOfAnotherRun) {
  const auto judged = WasCommitted(kStep, true, Heads{"001"}, "public.v");
  ASSERT_FALSE(judged);
  EXPECT_EQ(judged.error(),
            (Error{ErrorCode::kConflict,
                   "the connection was lost while committing, and meanwhile another run changed "
                   "public.v; read the database again"}));
}

TEST(LostCommitTest, RowsThatDoNotChangeAreNoWitness) {
  EXPECT_EQ(WasCommitted(kJournalRow, true, Heads{"7a1", "001"}, "public.v"), true);
  EXPECT_EQ(WasCommitted(kJournalRow, false, Heads{"001", "7a1"}, "public.v"), false);
  const auto judged = WasCommitted(kJournalRow, std::nullopt, Heads{"001", "7a1"}, "public.v");
  ASSERT_FALSE(judged);
  EXPECT_EQ(judged.error(),
            (Error{ErrorCode::kUnavailable, "the server does not know the transaction"}));
}

TEST(LostCommitTest, RowsThatChangedBesideAJournalRowTellOfAnotherToolWithoutTheLock) {
  for (const auto& status : {std::optional(true), std::optional(false), std::optional<bool>()}) {
    const auto judged = WasCommitted(kJournalRow, status, Heads{"002", "7a1"}, "public.v");
    ASSERT_FALSE(judged);
    EXPECT_EQ(judged.error().code, ErrorCode::kConflict);
  }
}

TEST(LostCommitTest, ARowBehindItsOwnIsAnotherRuns) {
  EXPECT_TRUE(CheckNobodySince(kStep, "731"));
  for (const auto& newest : {std::optional<std::string>("732"), std::optional<std::string>()}) {
    const auto alone = CheckNobodySince(kStep, newest);
    ASSERT_FALSE(alone);
    EXPECT_EQ(alone.error(),
              (Error{ErrorCode::kConflict,
                     "the connection was lost in a COMMIT that took effect, and meanwhile another "
                     "run went on; read the database again"}));
  }
}

}  // namespace
}  // namespace schemaop
