#include "cli/new_revision.h"

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <filesystem>
#include <random>
#include <string_view>
#include <system_error>

#include <fmt/format.h>

#include "base/text.h"
#include "base/time.h"
#include "cli/new_file.h"
#include "cli/planning_error.h"
#include "cli/revision_name.h"
#include "revision/plan.h"
#include "revision/revision_file.h"
#include "revision/source.h"

namespace schemaop {
namespace {

namespace fs = std::filesystem;

Outcome<void> CheckParents(const RevisionGraph& graph, const NewRevision& wanted) {
  if (wanted.splice) return {};
  const std::vector<RevisionId> heads = graph.HeadIds();
  for (const RevisionId& parent : wanted.parents) {
    if (std::find(heads.begin(), heads.end(), parent) != heads.end()) continue;
    return Refuse(
        ExitCode::kUsage,
        fmt::format("Revision {} is not a head revision; please specify --splice to create "
                    "a new branch from this revision",
                    parent));
  }
  return {};
}

// Dependencies as they go into the file: a label stays a label, anything else becomes a whole id.
Outcome<std::vector<std::string>> ResolveDependencies(const RevisionGraph& graph,
                                                      const std::vector<std::string>& typed) {
  std::vector<std::string> resolved;
  for (const std::string& name : typed) {
    const auto is_label = [&](RevisionGraph::Index i) {
      const auto& labels = graph.At(i).branch_labels;
      return std::find(labels.begin(), labels.end(), name) != labels.end();
    };
    bool label = false;
    for (RevisionGraph::Index i = 0; i < graph.size() && !label; ++i) label = is_label(i);
    if (label) {
      resolved.push_back(name);
      continue;
    }
    const auto goal = ResolveGoal(graph, name);
    if (!goal) return tl::unexpected(DescribePlanningError(goal.error(), graph, {}, name));
    resolved.insert(resolved.end(), goal->revisions.begin(), goal->revisions.end());
  }
  return resolved;
}

// A message is one line of the file, see RenderRevisionFile.
std::string OneLine(std::string_view message) {
  std::string line(Trim(message));
  if (line.empty()) return "empty message";  // Alembic's
  std::replace_if(
      line.begin(), line.end(), [](char c) { return c == '\n' || c == '\r'; }, ' ');
  return line;
}

Outcome<Revision> Compose(const RevisionGraph& graph, const NewRevision& wanted) {
  auto dependencies = ResolveDependencies(graph, wanted.depends_on);
  if (!dependencies) return tl::unexpected(dependencies.error());
  std::random_device device;
  const std::uint64_t random = (std::uint64_t{device()} << 32U) | device();
  Revision revision;
  revision.id = wanted.id.value_or(NextRevisionId(graph, random));
  revision.down_revisions = wanted.parents;
  revision.depends_on = *std::move(dependencies);
  if (wanted.branch_label) revision.branch_labels = {*wanted.branch_label};
  revision.message = OneLine(wanted.message);
  revision.created = FormatRfc3339(std::chrono::system_clock::now());
  revision.downgrade.emplace();
  return revision;
}

// The new file's folder relative to the project's versions.
Outcome<fs::path> FolderInVersions(const Project& project, const NewRevision& wanted) {
  if (!wanted.version_path) return fs::path();
  std::error_code error;
  const fs::path folder = fs::weakly_canonical(*wanted.version_path, error);
  const fs::path versions = fs::weakly_canonical(project.versions, error);
  const fs::path relative = folder.lexically_relative(versions);
  if (error || relative.empty() || *relative.begin() == "..") {
    return Refuse(
        ExitCode::kUsage,
        fmt::format("--version-path {}: revisions are read from {} and the folders below it",
                    *wanted.version_path, project.versions.string()));
  }
  return relative == "." ? fs::path() : relative;
}

// Whether the project still loads with the new file, and reads in it what was meant.
Outcome<void> CheckLoads(const Workspace& workspace, const Revision& wanted,
                         const std::string& name, const std::string& text) {
  if (wanted.id.empty()) return Refuse(ExitCode::kUsage, "a revision id cannot be empty");
  if (const Revision* taken = workspace.graph->Find(wanted.id)) {
    return Refuse(ExitCode::kUsage, fmt::format("revision id {} is already taken by {}", wanted.id,
                                                RevisionPath(workspace.project, taken->file)));
  }
  std::vector<SourceFile> files;
  for (const auto& [file, content] : workspace.texts) files.push_back({file, content});
  files.push_back({name, text});
  const auto source = LoadSource(std::move(files));
  if (!source)
    return Refuse(ExitCode::kUsage,
                  "the new revision cannot be written: " + source.error().message);
  const Revision* read = source->graph->Find(wanted.id);
  if (read == nullptr || read->message != wanted.message ||
      read->down_revisions != wanted.down_revisions || read->depends_on != wanted.depends_on ||
      read->branch_labels != wanted.branch_labels) {
    return Refuse(ExitCode::kUsage,
                  "the message would be read as something else in the file; use one line of words");
  }
  return {};
}

}  // namespace

Outcome<void> WriteNewRevision(CommandContext& context, const Workspace& workspace,
                               const NewRevision& wanted) {
  if (const auto checked = CheckParents(*workspace.graph, wanted); !checked) return checked;
  const auto revision = Compose(*workspace.graph, wanted);
  if (!revision) return tl::unexpected(revision.error());
  const auto folder = FolderInVersions(workspace.project, wanted);
  if (!folder) return tl::unexpected(folder.error());

  const fs::path name = *folder / RevisionFileName(revision->id, revision->message);
  const std::string text = RenderRevisionFile(*revision);
  if (const auto checked = CheckLoads(workspace, *revision, name.string(), text); !checked) {
    return checked;
  }
  const std::string path = RevisionPath(workspace.project, name.string());
  if (const auto written = WriteNewFile(path, text); !written) return written;
  context.output.Result(fmt::format("  Generating {} ...  done\n", path));
  return {};
}

}  // namespace schemaop
