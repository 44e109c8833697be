#include "runtime/resident_memory.h"

#include <cstring>
#include <fstream>
#include <memory>
#include <string>
#include <sys/mman.h>
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
    full_ = ResidentMemory();
  }

  // What was resident with all of it.
  long full() const { return full_; }

 private:
  long full_ = 0;
  std::vector<std::unique_ptr<std::string>> kept_;
};

// Takes memory and gives it back: something was done.
void Work() {
  constexpr std::size_t kSize = 4 << 20;
  void* memory = ::mmap(nullptr, kSize, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  ASSERT_NE(memory, MAP_FAILED);
  ::madvise(memory, kSize, MADV_NOHUGEPAGE);
  std::memset(memory, 1, kSize);
  ::munmap(memory, kSize);
}

constexpr long kWorth = 30000000;

TEST_F(ResidentMemoryTest, FreedHeapIsReturned) {
  const Ruin ruin;
  ReturnUnusedMemory();
  EXPECT_LT(ResidentMemory(), ruin.full() - kWorth);
}

TEST_F(ResidentMemoryTest, ItIsReturnedNowAndThen) {
  const MemoryReturns returns(std::chrono::milliseconds(50));
  for (int round = 0; round < 2; ++round) {
    const Ruin ruin;
    // It may have been returned a moment before the blocks were freed: more has to be done.
    EXPECT_TRUE(WaitUntil([&] {
      Work();
      return ResidentMemory() < ruin.full() - kWorth;
    }));
  }
}

}  // namespace
}  // namespace schemaop
