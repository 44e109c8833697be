#include "runtime/resident_memory.h"

#include <fstream>
#include <memory>
#include <string>
#include <unistd.h>
#include <vector>

#include <gtest/gtest.h>

#include "process/process.h"

namespace schemaop {
namespace {

using testing::WaitUntil;

#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
constexpr bool kHeapIsTheSystems = false;
#else
constexpr bool kHeapIsTheSystems = true;
#endif

class ResidentMemoryTest : public ::testing::Test {
 protected:
  void SetUp() override {
    if (!kHeapIsTheSystems) GTEST_SKIP() << "a sanitizer keeps freed memory";
  }
};

// In bytes.
long ResidentMemory() {
  long total = 0;
  long resident = 0;
  std::ifstream("/proc/self/statm") >> total >> resident;
  return resident * sysconf(_SC_PAGESIZE);
}

// Heap of which a little is in use up to its end.
class Ruin {
 public:
  Ruin() {
    std::vector<std::unique_ptr<std::string>> blocks;
    for (int i = 0; i < 40000; ++i) {
      blocks.push_back(std::make_unique<std::string>(1000, 'x'));
      if (i % 1000 == 0) kept_.push_back(std::make_unique<std::string>(1000, 'y'));
    }
  }

 private:
  std::vector<std::unique_ptr<std::string>> kept_;
};

constexpr long kWorth = 30000000;

TEST_F(ResidentMemoryTest, FreedHeapIsReturned) {
  const Ruin ruin;
  const long before = ResidentMemory();
  ReturnUnusedMemory();
  EXPECT_LT(ResidentMemory(), before - kWorth);
}

TEST_F(ResidentMemoryTest, ItIsReturnedNowAndThen) {
  const MemoryReturns returns(std::chrono::milliseconds(50));
  for (int round = 0; round < 2; ++round) {
    const Ruin ruin;
    const long before = ResidentMemory();
    EXPECT_TRUE(WaitUntil([&] { return ResidentMemory() < before - kWorth; }));
  }
}

}  // namespace
}  // namespace schemaop
