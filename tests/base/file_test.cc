#include "base/file.h"

#include <filesystem>

#include <gtest/gtest.h>

#include "process/process.h"

namespace schemaop {
namespace {

namespace fs = std::filesystem;

TEST(FileTest, ReadsAllOfAFile) {
  const testing::TempFolder folder;
  const fs::path file = folder.path() / "a";
  for (const std::string& text :
       {std::string(), std::string("\0\n\xFF", 3), std::string(200'000, 'x')}) {
    testing::WriteFile(file, text);
    EXPECT_EQ(ReadTextFile(file), text);
  }
}

TEST(FileTest, SaysWhyAFileCannotBeRead) {
  const testing::TempFolder folder;
  const std::string path = (folder.path() / "a").string();
  EXPECT_FALSE(IsThere(path));
  EXPECT_EQ(ReadTextFile(path).error(),
            (Error{ErrorCode::kNotFound, "cannot read " + path + ": there is no such file"}));
  fs::create_symlink("nowhere", path);
  EXPECT_TRUE(IsThere(path));
  EXPECT_EQ(ReadTextFile(path).error(),
            (Error{ErrorCode::kNotFound,
                   "cannot read " + path + ": it is a link to a file that does not exist"}));
  EXPECT_EQ(
      ReadTextFile(folder.path()).error(),
      (Error{ErrorCode::kInvalid, "cannot read " + folder.path().string() + ": it is a folder"}));
  // Opens and cannot be read, whoever asks.
  EXPECT_EQ(ReadTextFile("/proc/self/mem").error(),
            (Error{ErrorCode::kDenied, "cannot read /proc/self/mem: the read failed"}));
}

}  // namespace
}  // namespace schemaop
