#include "cli/exit_code.h"

#include <set>

#include <gtest/gtest.h>

namespace schemaop {
namespace {

TEST(ExitCodeTest, ListsEachCodeOnceInOrder) {
  int last = -1;
  for (const ExitCodeRow& row : ExitCodes()) {
    EXPECT_GT(static_cast<int>(row.code), last);
    last = static_cast<int>(row.code);
    EXPECT_FALSE(row.meaning.empty());
  }
  EXPECT_EQ(ExitCodes().size(), 11U);
}

TEST(ExitCodeTest, HelpHoldsEveryRow) {
  const std::string help = ExitCodeHelp();
  for (const ExitCodeRow& row : ExitCodes()) {
    EXPECT_NE(help.find(" " + std::to_string(static_cast<int>(row.code)) + "  " +
                        std::string(row.meaning) + "\n"),
              std::string::npos);
  }
}

TEST(ExitCodeTest, TellsErrorsApartByWhatTheCallerCanDo) {
  EXPECT_EQ(ExitCodeFor(Error{ErrorCode::kBusy, "x"}), ExitCode::kBusy);
  EXPECT_EQ(ExitCodeFor(Error{ErrorCode::kUnavailable, "x"}), ExitCode::kNoConnection);
  EXPECT_EQ(ExitCodeFor(Error{ErrorCode::kInDoubt, "x"}), ExitCode::kInDoubt);
  EXPECT_EQ(ExitCodeFor(Error{ErrorCode::kCancelled, "x"}), ExitCode::kInterrupted);
  EXPECT_EQ(ExitCodeFor(Error{ErrorCode::kDenied, "x"}), ExitCode::kRefused);
  EXPECT_EQ(ExitCodeFor(Error{ErrorCode::kRejected, "x"}), ExitCode::kFailed);
}

TEST(ExitCodeTest, TakesAnyFailureToConnectForOne) {
  EXPECT_EQ(ExitCodeFor(Error{ErrorCode::kDenied, "cannot connect to d@h:5432: no such password"}),
            ExitCode::kNoConnection);
  EXPECT_EQ(
      ExitCodeFor(Error{ErrorCode::kNotFound, "cannot connect to d@h:5432: no such database"}),
      ExitCode::kNoConnection);
  EXPECT_EQ(ExitCodeFor(Error{ErrorCode::kCancelled, "cannot connect to d@h:5432: stopped"}),
            ExitCode::kInterrupted);
}

}  // namespace
}  // namespace schemaop
