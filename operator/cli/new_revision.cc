#include "cli/new_revision.h"

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <random>
#include <string_view>
#include <system_error>

#include <fmt/format.h>

#include "base/text.h"
#include "base/time.h"
#include "cli/new_file.h"
#include "cli/planning_error.h"
#include "cli/revision_listing.h"
#include "cli/revision_name.h"
#include "revision/plan.h"
#include "revision/revision_file.h"
#include "revision/source.h"
#include "revision/target.h"

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
  revision.upgrade = wanted.upgrade;
  revision.downgrade = wanted.downgrade;
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
  const bool hidden = std::any_of(relative.begin(), relative.end(), [](const fs::path& part) {
    return part != "." && part.string().starts_with('.');
  });
  if (hidden) {
    return Refuse(ExitCode::kUsage,
                  fmt::format("--version-path {}: revisions are not read from hidden folders",
                              *wanted.version_path));
  }
  return relative == "." ? fs::path() : relative;
}

// The project's graph with the new files, which holds what was meant by the last of them.
Outcome<std::shared_ptr<const RevisionGraph>> LoadWith(const Workspace& workspace,
                                                       const std::vector<SourceFile>& fresh,
                                                       const Revision& wanted) {
  std::vector<SourceFile> files;
  for (const auto& [file, content] : workspace.texts) files.push_back({file, content});
  files.insert(files.end(), fresh.begin(), fresh.end());
  const auto source = LoadSource(std::move(files));
  if (!source) {
    return Refuse(ExitCode::kUsage,
                  "the new revision cannot be written: " + source.error().message);
  }
  const Revision* read = source->graph->Find(wanted.id);
  if (read == nullptr || read->message != wanted.message ||
      read->down_revisions != wanted.down_revisions || read->depends_on != wanted.depends_on ||
      read->branch_labels != wanted.branch_labels) {
    return Refuse(ExitCode::kUsage,
                  "the message would be read as something else in the file; use one line of words");
  }
  return source->graph;
}

// Alembic takes such a label and then no target with it.
Outcome<void> CheckLabel(const std::optional<std::string>& label) {
  if (!label || !IsRelativeForm(*label)) return {};
  std::string instead = *label;
  std::replace_if(
      instead.begin(), instead.end(), [](char c) { return c == '-' || c == '+'; }, '_');
  return Refuse(ExitCode::kUsage,
                fmt::format("branch label {} would be read as a relative target, and no command "
                            "could name it: take another one, such as {}",
                            *label, instead));
}

Outcome<void> CheckId(const Workspace& workspace, const RevisionGraph& graph,
                      const RevisionId& id) {
  if (id.empty()) return Refuse(ExitCode::kUsage, "a revision id cannot be empty");
  if (id.starts_with('.') || id.find('/') != std::string::npos) {
    return Refuse(ExitCode::kUsage,
                  fmt::format("revision id {}: the name of its file begins with the id, so it can "
                              "neither begin with '.' nor hold '/'",
                              id));
  }
  const Revision* taken = graph.Find(id);
  if (taken == nullptr) return {};
  return Refuse(ExitCode::kUsage, fmt::format("revision id {} is already taken by {}", id,
                                              RevisionPath(workspace.project, taken->file)));
}

Outcome<void> TellNewFiles(CommandContext& context, OutputFormat format,
                           const std::vector<RevisionId>& ids,
                           const std::vector<std::string>& paths) {
  if (format == OutputFormat::kText) {
    for (const std::string& path : paths) {
      context.output.Result(fmt::format("  Generating {} ...  done\n", path));
    }
    return {};
  }
  const auto workspace = OpenWorkspace(context.globals);
  if (!workspace) return tl::unexpected(workspace.error());
  std::vector<RevisionGraph::Index> indices;
  for (const RevisionId& id : ids) {
    if (const auto index = workspace->graph->IndexOf(id)) indices.push_back(*index);
  }
  context.output.Result(ListRevisions(format, *workspace, indices, std::nullopt));
  return {};
}

}  // namespace

Outcome<void> WriteNewRevision(CommandContext& context, const Workspace& workspace,
                               const NewRevision& wanted) {
  return WriteNewRevisions(context, workspace, {wanted});
}

Outcome<void> WriteNewRevisions(CommandContext& context, const Workspace& workspace,
                                const std::vector<NewRevision>& wanted) {
  std::shared_ptr<const RevisionGraph> graph = workspace.graph;
  std::vector<SourceFile> files;
  std::vector<RevisionId> ids;
  for (NewRevision next : wanted) {
    if (!ids.empty()) next.parents = {ids.back()};
    if (const auto checked = CheckParents(*graph, next); !checked) return checked;
    const auto revision = Compose(*graph, next);
    if (!revision) return tl::unexpected(revision.error());
    const auto folder = FolderInVersions(workspace.project, next);
    if (!folder) return tl::unexpected(folder.error());
    if (auto free = CheckId(workspace, *graph, revision->id); !free) return free;
    if (auto usable = CheckLabel(next.branch_label); !usable) return usable;
    const fs::path name = *folder / RevisionFileName(revision->id, revision->message);
    files.push_back({name.string(), RenderRevisionFile(*revision)});
    auto loaded = LoadWith(workspace, files, *revision);
    if (!loaded) return tl::unexpected(loaded.error());
    graph = *std::move(loaded);
    ids.push_back(revision->id);
  }
  std::vector<std::string> paths;
  for (const SourceFile& file : files) {
    const std::string path = RevisionPath(workspace.project, file.name);
    if (auto written = WriteNewFile(path, file.text); !written) {
      // All or none: each is one part of what was asked for.
      std::error_code ignored;
      for (const std::string& before : paths) fs::remove(before, ignored);
      return written;
    }
    paths.push_back(path);
  }
  return TellNewFiles(context, wanted.front().format, ids, paths);
}

}  // namespace schemaop
