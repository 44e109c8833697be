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
  EXPECT_EQ(ExitCodeFor(ErrorCode::kBusy), ExitCode::kBusy);
  EXPECT_EQ(ExitCodeFor(ErrorCode::kUnavailable), ExitCode::kNoConnection);
  EXPECT_EQ(ExitCodeFor(ErrorCode::kInDoubt), ExitCode::kInDoubt);
  EXPECT_EQ(ExitCodeFor(ErrorCode::kCancelled), ExitCode::kInterrupted);
  EXPECT_EQ(ExitCodeFor(ErrorCode::kDenied), ExitCode::kRefused);
  EXPECT_EQ(ExitCodeFor(ErrorCode::kRejected), ExitCode::kFailed);
}

}  // namespace
}  // namespace schemaop
