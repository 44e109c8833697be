#include "revision/revision_file.h"

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "base/sha256.h"
#include "base/text.h"
#include "test_paths.h"

namespace schemaop {
namespace {

namespace fs = std::filesystem;

std::string TextOfFile(const fs::path& path) {
  std::ifstream stream(path, std::ios::binary);
  EXPECT_TRUE(stream) << path;
  return {std::istreambuf_iterator<char>(stream), std::istreambuf_iterator<char>()};
}

// The .sql files of a golden folder.
std::vector<fs::path> GoldenFiles(std::string_view folder) {
  std::vector<fs::path> paths;
  for (const auto& entry :
       fs::directory_iterator(fs::path(SCHEMAOP_TESTDATA) / "revision_files" / folder)) {
    if (entry.path().extension() == ".sql") paths.push_back(entry.path());
  }
  std::sort(paths.begin(), paths.end());
  return paths;
}

std::string DescribeFile(std::string_view name, const Section& section) {
  std::string text = std::string(name) + (section.transactional ? "" : " transaction:false") + "\n";
  for (const Statement& statement : section.statements) {
    text += "  " + std::to_string(statement.position.line) + ":" +
            std::to_string(statement.position.column) + " " + JsonQuote(statement.text) + "\n";
    if (statement.copy_data) text += "    rows " + JsonQuote(*statement.copy_data) + "\n";
  }
  return text;
}

std::string DescribeFile(const Revision& revision) {
  std::string text = "message: " + revision.message + "\nrevision: " + revision.id +
                     "\ndown_revisions: " + Join(revision.down_revisions, " | ") +
                     "\nbranch_labels: " + Join(revision.branch_labels, " | ") +
                     "\ndepends_on: " + Join(revision.depends_on, " | ") +
                     "\ncreated: " + revision.created + "\n" + DescribeFile("up", revision.upgrade);
  return text + (revision.downgrade ? DescribeFile("down", *revision.downgrade) : "irreversible\n");
}

// What a round trip keeps.
std::string DescribeWithoutPositions(Revision revision) {
  const auto forget = [](Section& section) {
    for (Statement& statement : section.statements) statement.position = {};
  };
  forget(revision.upgrade);
  if (revision.downgrade) forget(*revision.downgrade);
  return DescribeFile(revision) + revision.upgrade.text + "\n" +
         (revision.downgrade ? revision.downgrade->text : "");
}

TEST(RevisionFileTest, ReadsEveryGoodFileAsItsExpectationSays) {
  for (const fs::path& path : GoldenFiles("good")) {
    const auto revision = ParseRevisionFile(path.filename().string(), TextOfFile(path));
    ASSERT_TRUE(revision) << revision.error().message;
    EXPECT_EQ(DescribeFile(*revision), TextOfFile(fs::path(path).replace_extension(".expected")))
        << path;
  }
}

TEST(RevisionFileTest, RefusesEveryBadFileWithItsOneError) {
  for (const fs::path& path : GoldenFiles("bad")) {
    const auto revision = ParseRevisionFile(path.filename().string(), TextOfFile(path));
    ASSERT_FALSE(revision) << path;
    EXPECT_EQ(revision.error().code, ErrorCode::kInvalid);
    EXPECT_EQ(revision.error().message + "\n",
              TextOfFile(fs::path(path).replace_extension(".error")));
  }
}

TEST(RevisionFileTest, ReadsBackWhatItRenders) {
  for (const fs::path& path : GoldenFiles("good")) {
    const auto revision = ParseRevisionFile("a.sql", TextOfFile(path));
    ASSERT_TRUE(revision);
    const std::string rendered = RenderRevisionFile(*revision);
    const auto again = ParseRevisionFile("b.sql", rendered);
    ASSERT_TRUE(again) << again.error().message << "\n" << rendered;
    EXPECT_EQ(DescribeWithoutPositions(*again), DescribeWithoutPositions(*revision));
    EXPECT_EQ(RenderRevisionFile(*again), rendered);
  }
}

TEST(RevisionFileTest, RendersTheFormatOfItsComment) {
  Revision revision;
  revision.id = "004";
  revision.down_revisions = {"003", "x1"};
  revision.branch_labels = {"reference"};
  revision.message = "Seed the\nreference data.";
  revision.created = "2026-11-22T10:00:00Z";
  revision.upgrade.text = "CREATE INDEX CONCURRENTLY a ON t (a);\n";
  revision.upgrade.transactional = false;
  EXPECT_EQ(RenderRevisionFile(revision),
            "-- Seed the reference data.\n"
            "--\n"
            "-- revision: 004\n"
            "-- down_revision: 003, x1\n"
            "-- branch_labels: reference\n"
            "-- created: 2026-11-22T10:00:00Z\n"
            "\n"
            "-- migrate:up transaction:false\n"
            "CREATE INDEX CONCURRENTLY a ON t (a);\n");
  revision.down_revisions.clear();
  revision.branch_labels.clear();
  revision.message.clear();
  revision.created.clear();
  revision.upgrade = {};
  revision.downgrade = Section();
  EXPECT_EQ(RenderRevisionFile(revision),
            "--\n"
            "--\n"
            "-- revision: 004\n"
            "-- down_revision: none\n"
            "\n"
            "-- migrate:up\n"
            "\n"
            "-- migrate:down\n");
}

constexpr std::string_view kUnixFile =
    "-- A.\n-- revision: a\n-- down_revision: none\n\n-- migrate:up\nSELECT 'x\ny';\nSELECT 2;\n";

TEST(RevisionFileTest, GivesTheSameRevisionWhateverTheLineEndsAndWithABom) {
  std::string windows = "\xEF\xBB\xBF";
  for (const char c : kUnixFile) windows += c == '\n' ? std::string("\r\n") : std::string(1, c);
  const auto unix_revision = ParseRevisionFile("a.sql", kUnixFile);
  const auto windows_revision = ParseRevisionFile("a.sql", windows);
  ASSERT_TRUE(unix_revision);
  ASSERT_TRUE(windows_revision) << windows_revision.error().message;
  EXPECT_EQ(*windows_revision, *unix_revision);
  EXPECT_EQ(unix_revision->checksum, Sha256Hex(kUnixFile));
  EXPECT_EQ(unix_revision->file, "a.sql");
  EXPECT_EQ(unix_revision->upgrade.text, "SELECT 'x\ny';\nSELECT 2;");
  EXPECT_EQ(unix_revision->upgrade.statements.at(1).position, (Position{8, 1}));
}

TEST(RevisionFileTest, RefusesBytesThatAreNotTextWhereTheyStand) {
  const std::string start = "-- A.\n-- revision: a\n-- down_revision: none\n-- migrate:up\n";
  const auto nul = ParseRevisionFile("a.sql", start + "SELECT '\xC3\xA9" + std::string(1, '\0'));
  ASSERT_FALSE(nul);
  EXPECT_EQ(nul.error(), (Error{ErrorCode::kInvalid,
                                "a.sql:5:10: a NUL byte: PostgreSQL cannot read it, remove it"}));
  const auto latin = ParseRevisionFile("a.sql", start + "\r\nSELECT '\xE9';");
  ASSERT_FALSE(latin);
  EXPECT_EQ(latin.error(),
            (Error{ErrorCode::kInvalid, "a.sql:6:9: this is not UTF-8: save the file as UTF-8"}));
}

}  // namespace
}  // namespace schemaop
