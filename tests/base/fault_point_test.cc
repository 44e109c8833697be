// The register of fault points and what a point does. Programs built without them have no such
// test.
#include "base/fault_point.h"

#include "test_paths.h"

#ifdef SCHEMAOP_FAULT_POINTS

#include <algorithm>
#include <csignal>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <map>
#include <regex>
#include <sstream>
#include <string>
#include <sys/wait.h>
#include <unistd.h>

#include <gtest/gtest.h>

namespace schemaop {
namespace {

namespace fs = std::filesystem;

// Every point the sources name, and whether it is one where nothing can fail.
std::map<std::string, bool> PointsInSources() {
  static const std::regex kUse(R"re(SCHEMAOP_(CRASH|FAULT)_(POINT|POINT_OR|STRIKES)\("([^"]*)")re");
  std::map<std::string, bool> points;
  for (const auto& entry : fs::recursive_directory_iterator(SCHEMAOP_SOURCE_DIR "/operator")) {
    if (entry.path().extension() != ".cc") continue;
    std::ostringstream text;
    text << std::ifstream(entry.path()).rdbuf();
    const std::string source = text.str();
    for (std::sregex_iterator use(source.begin(), source.end(), kUse), end; use != end; ++use) {
      const bool cannot_fail = (*use)[1] == "CRASH";
      // A name may stand at several places, where the code forks; always as the same kind.
      const auto point = points.emplace((*use)[3].str(), cannot_fail).first;
      EXPECT_EQ(point->second, cannot_fail) << (*use)[3];
    }
  }
  return points;
}

// How a child process ends that reaches "engine.lock.taken" `times` times under SCHEMAOP_FAULT.
int EndOfChild(const std::string& order, int times) {
  const pid_t child = fork();
  if (child == 0) {
    setenv("SCHEMAOP_FAULT", order.c_str(), 1);
    for (int i = 0; i < times; ++i) {
      if (!ReachFaultPoint("engine.lock.taken")) _exit(40 + i);
    }
    _exit(0);
  }
  int status = 0;
  EXPECT_EQ(waitpid(child, &status, WUNTRACED), child);
  if (WIFSTOPPED(status)) {
    kill(child, SIGCONT);
    EXPECT_EQ(waitpid(child, &status, 0), child);
    EXPECT_TRUE(WIFEXITED(status) && WEXITSTATUS(status) == 0);
    return -SIGSTOP;
  }
  return WIFSIGNALED(status) ? -WTERMSIG(status) : WEXITSTATUS(status);
}

TEST(FaultPointTest, TheRegisterHasExactlyThePointsThatTheSourcesName) {
  std::map<std::string, bool> registered;
  for (const FaultPointRow& row : FaultPoints()) {
    registered.emplace(row.name, row.on_error == FaultPointRow::OnError::kNothing);
  }
  EXPECT_EQ(registered, PointsInSources());
  EXPECT_EQ(registered.size(), FaultPoints().size());
  EXPECT_GE(registered.size(), 40U);
}

TEST(FaultPointTest, NamesAreLayerNounMoment) {
  static const std::regex kName("(postgres|engine|controller)\\.[a-z]+\\.[a-z]+");
  for (const FaultPointRow& row : FaultPoints()) {
    EXPECT_TRUE(std::regex_match(std::string(row.name), kName)) << row.name;
  }
}

TEST(FaultPointTest, ActsAtTheTurnItIsToldAndOnlyThen) {
  EXPECT_EQ(EndOfChild("engine.lock.taken:kill", 1), -SIGKILL);
  EXPECT_EQ(EndOfChild("engine.lock.taken:2:kill", 1), 0);
  EXPECT_EQ(EndOfChild("engine.lock.taken:stop", 1), -SIGSTOP);
  EXPECT_EQ(EndOfChild("engine.lock.taken:3:error", 5), 42);
  EXPECT_EQ(EndOfChild("engine.plan.made:kill", 5), 0);
  EXPECT_EQ(EndOfChild("", 5), 0);
}

TEST(FaultPointTest, RefusesAnOrderItDoesNotUnderstand) {
  for (const char* order :
       {"engine.lock.taken", "engine.lock.taken:die", "engine.lock.taken:0:kill",
        "engine.lock.taken:x:kill", "no.such.point:kill", "a:b:c:d"}) {
    EXPECT_EQ(EndOfChild(order, 1), 2) << order;
  }
}

}  // namespace
}  // namespace schemaop

#endif
