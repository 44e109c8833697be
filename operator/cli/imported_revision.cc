#include "cli/imported_revision.h"

#include <algorithm>
#include <utility>

#include <fmt/format.h>

#include "base/text.h"
#include "cli/revision_name.h"
#include "revision/rendered_section.h"
#include "revision/revision_file.h"

namespace schemaop {
namespace {

using Kind = RenderedFunction::Kind;

// A message is one line of the file, see RenderRevisionFile.
std::string OneLine(const std::string& message) {
  std::string line(Trim(message));
  std::replace_if(
      line.begin(), line.end(), [](char c) { return c == '\n' || c == '\r'; }, ' ');
  return line.empty() ? "empty message" : line;
}

Revision Describe(const AlembicRevision& from) {
  Revision revision;
  revision.id = from.id;
  revision.down_revisions = from.down_revisions;
  revision.depends_on = from.depends_on;
  revision.branch_labels = from.branch_labels;
  revision.message = OneLine(from.message);
  return revision;
}

Result<Section> ParseFunction(const RenderedFunction& function, const std::string& name) {
  if (function.kind != Kind::kSql) {
    return Fail(ErrorCode::kInvalid, fmt::format("{}: {}", name, function.text));
  }
  return ParseRenderedSection(name + ", rendered", function.text);
}

// Fills in the sections; the error is the problem.
Result<void> TakeSections(const AlembicRevision& from, Revision& revision) {
  auto upgrade = ParseFunction(from.upgrade, "upgrade()");
  if (!upgrade) return Fail(upgrade.error());
  revision.upgrade = *std::move(upgrade);
  if (from.downgrade.kind == Kind::kIrreversible) return {};
  auto downgrade = ParseFunction(from.downgrade, "downgrade()");
  if (!downgrade) return Fail(downgrade.error());
  revision.downgrade = *std::move(downgrade);
  return {};
}

// Whether the file says the same as `revision`.
Result<void> CheckReadsBack(const Revision& revision, const std::string& name,
                            const std::string& text) {
  const auto read = ParseRevisionFile(name, text);
  if (!read) return Fail(read.error());
  if (read->id != revision.id || read->down_revisions != revision.down_revisions ||
      read->depends_on != revision.depends_on || read->branch_labels != revision.branch_labels ||
      read->message != revision.message) {
    return Fail(ErrorCode::kInvalid, "its message would be read as something else in the file");
  }
  return {};
}

}  // namespace

ImportedRevision ImportRevision(const AlembicRevision& from) {
  Revision revision = Describe(from);
  ImportedRevision imported{.id = from.id, .from = from.file};
  imported.name = RevisionFileName(from.id, revision.message);
  const std::string empty = RenderRevisionFile(revision);
  imported.header = empty.substr(0, empty.find("-- migrate:up"));
  if (imported.name.find('/') != std::string::npos) {
    imported.problem = fmt::format("its id \"{}\" cannot be part of a file's name", from.id);
    return imported;
  }
  if (auto taken = TakeSections(from, revision); !taken) {
    imported.problem = taken.error().message;
    return imported;
  }
  std::string text = RenderRevisionFile(revision);
  if (auto same = CheckReadsBack(revision, imported.name, text); !same) {
    imported.problem = same.error().message;
    return imported;
  }
  imported.text = std::move(text);
  if (!revision.downgrade) {
    imported.note = "written without a downgrade: downgrade(): " + from.downgrade.text;
  }
  return imported;
}

}  // namespace schemaop
