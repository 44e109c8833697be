#include "engine/source_folder.h"

#include <string>
#include <thread>
#include <vector>

#include <gtest/gtest.h>

#include "process/process.h"

namespace schemaop {
namespace {

namespace fs = std::filesystem;
using testing::TempFolder;
using testing::WriteFile;

using Names = std::vector<std::string>;

Names NamesIn(const fs::path& folder) {
  const auto files = ReadSourceFolder(folder);
  EXPECT_TRUE(files) << files.error().message;
  Names names;
  for (const SourceFile& file : files.value_or(std::vector<SourceFile>()))
    names.push_back(file.name);
  return names;
}

TEST(SourceFolderTest, ReadsSqlFilesOfEveryDepthSortedByName) {
  const TempFolder folder;
  fs::create_directories(folder.path() / "b" / "deep");
  WriteFile(folder.path() / "c.sql", "three\r\n");
  WriteFile(folder.path() / "b" / "deep" / "x.sql", "two");
  WriteFile(folder.path() / "a.sql", "one");
  WriteFile(folder.path() / "README.md", "no");
  WriteFile(folder.path() / "d.sql.orig", "no");
  const auto files = ReadSourceFolder(folder.path());
  ASSERT_TRUE(files) << files.error().message;
  ASSERT_EQ(files->size(), 3U);
  EXPECT_EQ((*files)[0].name, "a.sql");
  EXPECT_EQ((*files)[1].name, "b/deep/x.sql");
  EXPECT_EQ((*files)[1].text, "two");
  EXPECT_EQ((*files)[2].name, "c.sql");
  EXPECT_EQ((*files)[2].text, "three\r\n");
}

TEST(SourceFolderTest, ReadsAConfigMapMountOnce) {
  const TempFolder folder;
  const fs::path data = folder.path() / "..2026_11_22";
  fs::create_directories(data / "sub");
  WriteFile(data / "a.sql", "one");
  WriteFile(data / "sub" / "b.sql", "two");
  fs::create_symlink("..2026_11_22", folder.path() / "..data");
  fs::create_symlink("..data/a.sql", folder.path() / "a.sql");
  fs::create_symlink("..data/sub", folder.path() / "sub");
  EXPECT_EQ(NamesIn(folder.path()), (Names{"a.sql", "sub/b.sql"}));
}

TEST(SourceFolderTest, SkipsHiddenFilesAndFolders) {
  const TempFolder folder;
  fs::create_directories(folder.path() / ".git");
  WriteFile(folder.path() / ".git" / "a.sql", "no");
  WriteFile(folder.path() / ".a.sql", "no");
  fs::create_directories(folder.path() / "folder.sql");
  EXPECT_EQ(NamesIn(folder.path()), Names());
}

TEST(SourceFolderTest, DoesNotFollowALinkInACircle) {
  const TempFolder folder;
  fs::create_directories(folder.path() / "a");
  WriteFile(folder.path() / "a" / "x.sql", "one");
  fs::create_directory_symlink("..", folder.path() / "a" / "up");
  EXPECT_EQ(NamesIn(folder.path()), (Names{"a/x.sql"}));
}

TEST(SourceFolderTest, SaysWhichFolderDoesNotExist) {
  const TempFolder folder;
  const fs::path missing = folder.path() / "versions";
  const auto files = ReadSourceFolder(missing);
  ASSERT_FALSE(files);
  EXPECT_EQ(files.error(),
            (Error{ErrorCode::kNotFound, "folder " + missing.string() + " does not exist"}));
}

TEST(SourceFolderTest, RefusesAFileInPlaceOfAFolder) {
  const TempFolder folder;
  const fs::path file = folder.path() / "a.sql";
  WriteFile(file, "one");
  const auto files = ReadSourceFolder(file);
  ASSERT_FALSE(files);
  EXPECT_EQ(files.error(), (Error{ErrorCode::kInvalid, file.string() + " is not a folder"}));
}

TEST(SourceFolderTest, SaysWhichLinkLeadsNowhere) {
  const TempFolder folder;
  const fs::path link = folder.path() / "a.sql";
  fs::create_symlink("gone.sql", link);
  const auto files = ReadSourceFolder(folder.path());
  ASSERT_FALSE(files);
  EXPECT_EQ(files.error(),
            (Error{ErrorCode::kDenied, "cannot read " + link.string() +
                                           ": it is a link to a file that does not exist"}));
}

TEST(SourceFolderTest, DoesNotTakeAFileThatIsRemovedMeanwhileForOneThatMayNotBeRead) {
  const TempFolder folder;
  const std::jthread replacing([&](const std::stop_token& stop) {
    for (int i = 0; !stop.stop_requested(); ++i) {
      const fs::path file = folder.path() / (std::to_string(i % 20) + ".sql");
      fs::remove(file);
      WriteFile(file, "one");
    }
  });
  for (int i = 0; i < 2000; ++i) {
    const auto files = ReadSourceFolder(folder.path());
    if (files) continue;
    ASSERT_EQ(files.error().code, ErrorCode::kConflict) << files.error().message;
    ASSERT_TRUE(files.error().message.ends_with(".sql: it was removed meanwhile"))
        << files.error().message;
  }
}

TEST(SourceFolderTest, RefusesWhatIsTooLarge) {
  constexpr std::uintmax_t kMebibyte = std::uintmax_t{1} << 20;
  const TempFolder folder;
  const fs::path file = folder.path() / "1.sql";
  WriteFile(file, "");
  fs::resize_file(file, 16 * kMebibyte);
  EXPECT_EQ(NamesIn(folder.path()), Names{"1.sql"});

  fs::resize_file(file, 16 * kMebibyte + 1);
  const auto one = ReadSourceFolder(folder.path());
  ASSERT_FALSE(one);
  EXPECT_EQ(one.error(),
            (Error{ErrorCode::kInvalid,
                   file.string() + " is larger than 16 MiB: split it into several revisions"}));

  fs::resize_file(file, 16 * kMebibyte);
  for (const char* name : {"2.sql", "3.sql", "4.sql"}) fs::copy_file(file, folder.path() / name);
  EXPECT_EQ(NamesIn(folder.path()).size(), 4U);
  WriteFile(folder.path() / "5.sql", "x");
  const auto all = ReadSourceFolder(folder.path());
  ASSERT_FALSE(all);
  EXPECT_EQ(all.error(), (Error{ErrorCode::kInvalid, "the files in " + folder.path().string() +
                                                         " are larger than 64 MiB together"}));
}

}  // namespace
}  // namespace schemaop
