#include "revision/foreign_layout.h"

#include <algorithm>
#include <array>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include <fmt/format.h>

#include "base/sha256.h"
#include "base/text.h"
#include "revision/foreign_file.h"
#include "revision/revision_header.h"

namespace schemaop {
namespace {

// A tool whose folders are read.
struct Tool {
  SourceLayout layout;
  bool (*is_file)(const SourceFile&);
  Result<MigrationPart> (*read)(const SourceFile&);
  std::string_view sign;  // how its files are told, after "this file "
};

// What marks say goes before what names say.
constexpr std::array<Tool, 4> kTools{{
    {SourceLayout::kGoose, IsGooseFile, ReadGooseFile, "has goose's \"-- +goose\" marks"},
    {SourceLayout::kDbmate, IsDbmateFile, ReadDbmateFile,
     "has a \"-- migrate:up\" mark but no \"-- revision:\" line above it, like dbmate's"},
    {SourceLayout::kGolangMigrate, IsGolangMigrateFile, ReadGolangMigrateFile,
     "is named like golang-migrate's"},
    {SourceLayout::kFlyway, IsFlywayFile, ReadFlywayFile, "is named like Flyway's"},
}};

const Tool* FindTool(SourceLayout layout) {
  for (const Tool& tool : kTools) {
    if (tool.layout == layout) return &tool;
  }
  return nullptr;
}

std::string_view SignOf(SourceLayout layout) {
  const Tool* tool = FindTool(layout);
  return tool == nullptr ? "has a \"-- revision:\" line" : tool->sign;
}

// Whether a key that only our files have stands in the comments that `text` begins with.
bool HasOwnHeader(std::string_view text) {
  constexpr std::string_view kBom = "\xEF\xBB\xBF";
  if (text.starts_with(kBom)) text.remove_prefix(kBom.size());
  while (!text.empty()) {
    const std::string_view line = Trim(text.substr(0, text.find('\n')));
    if (!line.empty() && !line.starts_with("--")) return false;
    const std::string_view words = line.empty() ? line : Trim(line.substr(2));
    if (words.starts_with("migrate:")) return false;
    if (words.starts_with("revision:") || words.starts_with("down_revision:")) return true;
    text.remove_prefix(std::min(text.find('\n'), text.size() - 1) + 1);
  }
  return false;
}

// nullopt when neither name nor contents say.
std::optional<SourceLayout> LayoutOf(const SourceFile& file) {
  if (HasOwnHeader(file.text)) return SourceLayout::kRevisionFiles;
  for (const Tool& tool : kTools) {
    if (tool.is_file(file)) return tool.layout;
  }
  return std::nullopt;
}

using Migrations = std::map<MigrationVersion, std::vector<MigrationPart>>;

// Adds what one file holds to the migration of its number.
Result<void> AddPart(Migrations& migrations, MigrationPart part) {
  std::vector<MigrationPart>& parts = migrations[part.version];
  for (const MigrationPart& other : parts) {
    const bool same = (other.upgrade && part.upgrade) || (other.downgrade && part.downgrade);
    if (!same) continue;
    return FailAt(part.file, {1, 1},
                  fmt::format("version {} is taken by {} already: give one of them another number",
                              part.version.written, other.file));
  }
  parts.push_back(std::move(part));
  return {};
}

Result<Revision> Combine(std::vector<MigrationPart> parts) {
  if (!parts.front().upgrade) std::swap(parts.front(), parts.back());
  MigrationPart& up = parts.front();
  if (!up.upgrade) {
    return FailAt(up.file, {1, 1},
                  fmt::format("this undoes version {}, but no file does it: add that file, or "
                              "remove this one",
                              up.version.written));
  }
  Revision revision;
  revision.id = up.version.written;
  revision.message = up.title;
  revision.file = up.file;
  revision.checksum = up.checksum;
  revision.upgrade = *std::move(up.upgrade);
  revision.downgrade = std::move(up.downgrade);
  if (parts.size() > 1) {
    revision.downgrade = std::move(parts.back().downgrade);
    revision.downgrade->file = parts.back().file;
    revision.checksum = Sha256Hex(up.checksum + parts.back().checksum);
  }
  return revision;
}

}  // namespace

Result<SourceLayout> DetectSourceLayout(const std::vector<SourceFile>& files) {
  std::optional<SourceLayout> layout;
  const SourceFile* sample = nullptr;
  for (const SourceFile& file : files) {
    const auto its = LayoutOf(file);
    if (!its || its == layout) continue;
    if (layout) {
      return FailAt(file.name, {1, 1},
                    fmt::format("this file {}, but {} {}: a folder holds the files of one tool; "
                                "correct one of the two, or move it elsewhere",
                                SignOf(*its), sample->name, SignOf(*layout)));
    }
    layout = its;
    sample = &file;
  }
  return layout.value_or(SourceLayout::kRevisionFiles);
}

Result<std::vector<Revision>> ReadForeignLayout(SourceLayout layout,
                                                const std::vector<SourceFile>& files) {
  const Tool& tool = *FindTool(layout);
  Migrations migrations;
  for (const SourceFile& file : files) {
    auto part = tool.read(file);
    if (!part) return Fail(std::move(part.error()));
    if (auto added = AddPart(migrations, *std::move(part)); !added) return Fail(added.error());
  }
  std::vector<Revision> revisions;
  for (auto& [version, parts] : migrations) {
    auto revision = Combine(std::move(parts));
    if (!revision) return Fail(std::move(revision.error()));
    if (!revisions.empty()) revision->down_revisions = {revisions.back().id};
    revisions.push_back(*std::move(revision));
  }
  return revisions;
}

}  // namespace schemaop
