#include "process/process.h"

#include <stdexcept>
#include <string>

#include <gtest/gtest.h>

namespace schemaop::testing {
namespace {

ProcessOptions Shell(const std::string& script) { return {.arguments = {"sh", "-c", script}}; }

TEST(ProcessTest, GivesExitCodeAndBothOutputs) {
  const RunResult result = testing::Run(Shell("echo out; echo err >&2; exit 3"));
  EXPECT_EQ(result.exit_code, 3);
  EXPECT_EQ(result.out, "out\n");
  EXPECT_EQ(result.err, "err\n");
}

TEST(ProcessTest, ReadsASignalAsShellsDo) {
  EXPECT_EQ(testing::Run(Shell("kill -9 $$")).exit_code, 128 + 9);
}

TEST(ProcessTest, GivesAChildOnlyTheEnvironmentItShallHave) {
  ProcessOptions options = Shell("echo $GIVEN$HOME");
  options.environment = {{"GIVEN", "yes"}};
  options.unset = {"HOME"};
  EXPECT_EQ(testing::Run(options).out, "yes\n");
}

TEST(ProcessTest, ThrowsWhatASanitizerReportsWhateverTheExitCode) {
  for (const std::string report :
       {"SUMMARY: AddressSanitizer: 24 byte(s) leaked in 1 allocation(s).",
        "==7==LeakSanitizer has encountered a fatal error.",
        "WARNING: ThreadSanitizer: data race (pid=7)",
        "a.cc:4:41: runtime error: signed integer overflow"}) {
    try {
      const RunResult result = testing::Run(Shell("echo '" + report + "' >&2; exit 0"));
      ADD_FAILURE() << "passed over: " << report;
    } catch (const std::runtime_error& error) {
      const std::string text = error.what();
      EXPECT_TRUE(text.starts_with("a sanitizer reported on process ")) << text;
      EXPECT_TRUE(text.ends_with(":\n" + report + "\n")) << text;
    }
  }
}

TEST(ProcessDeathTest, EndsTheTestProgramWhenNobodyWaitedForTheReport) {
  const auto pass_over = [] {
    ChildProcess child(
        Shell("sleep 60 & trap 'kill $!; echo ThreadSanitizer >&2; exit 0' TERM; echo up; wait"));
    (void)WaitUntil([&] { return child.Out() == "up\n"; });
  };
  EXPECT_DEATH(pass_over(), "a sanitizer reported on process [0-9]+:");
}

}  // namespace
}  // namespace schemaop::testing
