#include "controller/source_path.h"

#include <filesystem>
#include <fstream>
#include <stdlib.h>

#include <gtest/gtest.h>

#include "engine/source_folder.h"

namespace schemaop {
namespace {

namespace fs = std::filesystem;

// A migrations root with a project inside and a secret beside it.
class SourcePathTest : public ::testing::Test {
 protected:
  SourcePathTest() {
    std::string pattern = (fs::temp_directory_path() / "source_path_XXXXXX").string();
    base_ = fs::canonical(mkdtemp(pattern.data()));
    fs::create_directories(root() / "projects" / "versions");
    fs::create_directories(base_ / "outside");
    std::ofstream(base_ / "outside" / "secret.sql") << "SELECT 1;\n";
    std::ofstream(root() / "projects" / "001.sql") << "SELECT 1;\n";
  }
  ~SourcePathTest() override { fs::remove_all(base_); }

  fs::path root() const { return base_ / "root"; }

  fs::path base_;
};

std::string ErrorOf(const Result<fs::path>& result) {
  return result ? "resolved to " + result->string() : result.error().message;
}

TEST_F(SourcePathTest, FoldersBelowTheRootAreFound) {
  for (const char* path :
       {"projects", "projects/", "projects/versions", ".", "projects/./versions"}) {
    const auto folder = ResolveSourceFolder(root(), path);
    ASSERT_TRUE(folder) << path << ": " << folder.error().message;
    EXPECT_TRUE(fs::equivalent(*folder, root() / path)) << path;
  }
}

TEST_F(SourcePathTest, RootMayBeALinkItself) {
  fs::create_directory_symlink(root(), base_ / "link");
  EXPECT_EQ(ErrorOf(ResolveSourceFolder(base_ / "link", "projects")),
            "resolved to " + (root() / "projects").string());
}

TEST_F(SourcePathTest, DotDotIsRefused) {
  for (const char* path : {"..", "../outside", "projects/../../outside", "projects/.."}) {
    EXPECT_EQ(ErrorOf(ResolveSourceFolder(root(), path)),
              "spec.migrations.path: \"" + std::string(path) +
                  "\" must be relative to the operator's migrations root and without \"..\"");
  }
}

TEST_F(SourcePathTest, AbsolutePathIsRefused) {
  EXPECT_EQ(ErrorOf(ResolveSourceFolder(root(), "/etc")),
            "spec.migrations.path: \"/etc\" must be relative to the operator's migrations root and "
            "without \"..\"");
}

TEST_F(SourcePathTest, LinkOutOfTheRootIsRefused) {
  fs::create_directory_symlink(base_ / "outside", root() / "escape");
  EXPECT_EQ(ErrorOf(ResolveSourceFolder(root(), "escape")),
            "spec.migrations.path: \"escape\" leads out of the operator's migrations root through "
            "a link");
}

TEST_F(SourcePathTest, FolderWhoseNameOnlyBeginsLikeTheRootIsOutside) {
  fs::create_directories(base_ / "root2");
  fs::create_directory_symlink(base_ / "root2", root() / "twin");
  EXPECT_EQ(
      ErrorOf(ResolveSourceFolder(root(), "twin")),
      "spec.migrations.path: \"twin\" leads out of the operator's migrations root through a link");
}

TEST_F(SourcePathTest, MissingFolderIsNotFound) {
  const auto folder = ResolveSourceFolder(root(), "nothing");
  ASSERT_FALSE(folder);
  EXPECT_EQ(
      folder.error(),
      (Error{ErrorCode::kNotFound,
             "spec.migrations.path: \"nothing\" below the operator's migrations root cannot be "
             "opened: No such file or directory"}));
}

TEST_F(SourcePathTest, OperatorWithoutARootRefusesEveryPath) {
  EXPECT_EQ(ErrorOf(ResolveSourceFolder({}, "projects")),
            "spec.migrations.path: this operator has no folder of migrations; start it with "
            "--migrations-root, or use "
            "configMaps or inline");
}

TEST_F(SourcePathTest, FileThatIsALinkOutOfTheRootIsRefused) {
  const fs::path folder = root() / "projects";
  EXPECT_TRUE(CheckFilesInside(root(), folder, ReadSourceFolder(folder).value()));
  // As Kubernetes mounts ConfigMaps: a link to a file of a hidden folder beside it.
  fs::create_directories(folder / "..2026");
  std::ofstream(folder / "..2026" / "002.sql") << "SELECT 1;\n";
  fs::create_symlink("..2026/002.sql", folder / "002.sql");
  EXPECT_TRUE(CheckFilesInside(root(), folder, ReadSourceFolder(folder).value()));
  fs::create_symlink(base_ / "outside" / "secret.sql", folder / "003.sql");
  const auto checked = CheckFilesInside(root(), folder, ReadSourceFolder(folder).value());
  ASSERT_FALSE(checked);
  EXPECT_EQ(checked.error().message,
            "spec.migrations.path: the file \"003.sql\" leads out of the operator's migrations "
            "root through a link");
}

TEST_F(SourcePathTest, FileThatIsGoneIsNotSaidToLeadOut) {
  const fs::path folder = root() / "projects";
  const auto files = ReadSourceFolder(folder).value();
  fs::remove(folder / "001.sql");
  const auto checked = CheckFilesInside(root(), folder, files);
  ASSERT_FALSE(checked);
  EXPECT_EQ(checked.error(),
            (Error{ErrorCode::kConflict,
                   "spec.migrations.path: the file \"001.sql\" was removed meanwhile"}));
}

TEST_F(SourcePathTest, EveryLinkOnTheWayIsFollowedWhetherOrNotItLeadsToAnything) {
  fs::create_directory_symlink("b", base_ / "a");
  fs::create_directory_symlink("./gone//..//root/projects/", base_ / "b");
  fs::create_directory_symlink(base_ / "gone", base_ / "c");
  fs::create_directory_symlink("loop", base_ / "loop");
  EXPECT_EQ(FollowLinks(base_ / "a" / "versions"), root() / "projects" / "versions");
  EXPECT_EQ(FollowLinks(base_ / "c" / "x"), base_ / "gone" / "x");
  EXPECT_EQ(FollowLinks(base_ / "outside" / "nothing"), base_ / "outside" / "nothing");
  FollowLinks(base_ / "loop");
}

}  // namespace
}  // namespace schemaop
