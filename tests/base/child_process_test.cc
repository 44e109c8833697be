#include "base/child_process.h"

#include <chrono>
#include <csignal>
#include <filesystem>
#include <string>
#include <thread>

#include <gtest/gtest.h>

#include "process/process.h"

namespace schemaop {
namespace {

using std::chrono::milliseconds;
using Clock = std::chrono::steady_clock;

ChildCommand Shell(const std::string& script) { return {.words = {"sh", "-c", script}}; }

TEST(ChildProcessTest, GivesOutputAndExitCode) {
  const auto ran = RunChild(Shell("echo out; echo err >&2; exit 3"), {});
  ASSERT_TRUE(ran.has_value()) << ran.error().message;
  EXPECT_EQ(ran->output, "out\nerr\n");
  EXPECT_EQ(ran->exit_code, 3);
  EXPECT_EQ(RunChild(Shell("kill -9 $$"), {})->exit_code, 128 + SIGKILL);
}

TEST(ChildProcessTest, SetsFolderVariablesAndAnEmptyInput) {
  const testing::TempFolder folder;
  ChildCommand command = Shell("pwd; echo $HOME $NEW; cat; echo end");
  command.folder = folder.path();
  command.environment = {{"HOME", "/replaced"}, {"NEW", "a b"}};
  EXPECT_EQ(RunChild(command, {})->output,
            std::filesystem::canonical(folder.path()).string() + "\n/replaced a b\nend\n");
}

TEST(ChildProcessTest, KeepsComplaintsApartWhenAsked) {
  ChildCommand command = Shell("echo out; echo err >&2");
  command.complaints = ChildCommand::Complaints::kOurs;
  ::testing::internal::CaptureStderr();
  EXPECT_EQ(RunChild(command, {})->output, "out\n");
  EXPECT_EQ(::testing::internal::GetCapturedStderr(), "err\n");
}

TEST(ChildProcessTest, SaysThatThereIsNoSuchProgram) {
  EXPECT_EQ(
      RunChild({.words = {"no-such-program-here"}}, {}).error(),
      (Error{ErrorCode::kNotFound, "cannot run no-such-program-here: No such file or directory"}));
}

// Each would run for an hour; whatever it started has the pipe as well.
TEST(ChildProcessTest, EndsAChildAndAllItStarted) {
  std::stop_source stop;
  stop.request_stop();
  EXPECT_EQ(RunChild(Shell("sleep 3600 & sleep 3600"), stop.get_token()).error(),
            (Error{ErrorCode::kCancelled, "stopped on request"}));
  ChildCommand late = Shell("sleep 3600 & sleep 3600");
  late.deadline = Clock::now() + milliseconds(20);
  EXPECT_EQ(RunChild(late, {}).error(), (Error{ErrorCode::kUnavailable, "sh did not end in time"}));
  ChildCommand loud = Shell("yes");
  loud.max_output_bytes = 10000;
  EXPECT_EQ(RunChild(loud, {}).error(),
            (Error{ErrorCode::kRejected, "sh prints more than 10000 bytes"}));
}

TEST(ChildProcessTest, KillsAChildThatDoesNotListen) {
  ChildCommand deaf = Shell("trap '' TERM; sleep 3600 & wait; sleep 3600");
  deaf.deadline = Clock::now() + milliseconds(20);
  EXPECT_EQ(RunChild(deaf, {}).error().code, ErrorCode::kUnavailable);
}

TEST(ChildProcessTest, EndsAChildThatPrintsNothingMore) {
  ChildCommand mute = Shell("exec >&- 2>&-; sleep 3600");
  mute.deadline = Clock::now() + milliseconds(20);
  EXPECT_EQ(RunChild(mute, {}).error(), (Error{ErrorCode::kUnavailable, "sh did not end in time"}));
}

TEST(ChildProcessTest, WaitsForAChildThatPrintsNothingMore) {
  EXPECT_EQ(RunChild(Shell("exec >&- 2>&-; sleep 0.1; exit 3"), {})->exit_code, 3);
}

}  // namespace
}  // namespace schemaop
