// A disk that runs full, for tests: a small file system in memory, the server's to write to.
#pragma once

#include <memory>
#include <string>
#include <sys/mount.h>

#include <gtest/gtest.h>

#include "process/process.h"

namespace schemaop::testing {

// Why a test that needs one is skipped.
inline constexpr const char* kNoMount = "mounting a small file system needs root (CAP_SYS_ADMIN)";

class SmallDisk {
 public:
  // nullptr where this process may not mount.
  static std::unique_ptr<SmallDisk> Mount(int megabytes) {
    std::unique_ptr<SmallDisk> disk(new SmallDisk());
    if (::mount("tmpfs", disk->path().c_str(), "tmpfs", 0, Size(megabytes).c_str()) != 0) {
      return nullptr;
    }
    disk->mounted_ = true;
    if (Run({.arguments = {"chown", "postgres", disk->path()}}).exit_code != 0) return nullptr;
    return disk;
  }
  ~SmallDisk() {
    if (mounted_) ::umount2(path().c_str(), MNT_DETACH);
  }
  SmallDisk(const SmallDisk&) = delete;
  SmallDisk& operator=(const SmallDisk&) = delete;

  std::string path() const { return folder_.path().string(); }
  // What did not fit before may fit then.
  void Grow(int megabytes) const {
    EXPECT_EQ(::mount("tmpfs", path().c_str(), "tmpfs", MS_REMOUNT, Size(megabytes).c_str()), 0);
  }

 private:
  SmallDisk() = default;
  static std::string Size(int megabytes) { return "size=" + std::to_string(megabytes) + "m"; }
  TempFolder folder_;
  bool mounted_ = false;
};

}  // namespace schemaop::testing
