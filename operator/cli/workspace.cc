#include "cli/workspace.h"

#include <optional>
#include <system_error>
#include <utility>
#include <vector>

#include <fmt/format.h>

#include "base/file.h"
#include "cli/shell_word.h"
#include "engine/source_folder.h"
#include "revision/lost_revisions.h"
#include "revision/source.h"

namespace schemaop {
namespace {

namespace fs = std::filesystem;

bool IsFolder(const fs::path& path) {
  std::error_code ignored;
  return fs::is_directory(path, ignored);
}

bool IsProject(const fs::path& folder) {
  return IsThere(folder / kSettingsFile) || IsFolder(folder / "versions");
}

Outcome<ProjectSettings> ReadSettings(const fs::path& file) {
  const auto text = ReadTextFile(file);
  if (!text) return Refuse(ExitCode::kFailed, text.error().message);
  auto settings = ParseSettings(file.string(), *text);
  if (!settings) return Refuse(settings.error());
  return *settings;
}

Outcome<fs::path> FindFolder(const GlobalOptions& globals) {
  if (globals.directory) {
    if (IsFolder(*globals.directory)) return fs::path(*globals.directory).lexically_normal();
    return Refuse(ExitCode::kUsage,
                  fmt::format("--directory {}: there is no such folder", *globals.directory));
  }
  if (globals.config) {
    const fs::path parent = fs::path(*globals.config).parent_path();
    return parent.empty() ? fs::path(".") : parent;
  }
  for (const char* place : {"migrations", "."}) {
    if (IsProject(place)) return fs::path(place);
  }
  return Refuse(
      ExitCode::kUsage,
      "no project here: neither ./migrations nor the working folder holds schemactl.yaml or "
      "versions/; go to the project, or name its folder with --directory");
}

// The settings file to read; nullopt when the folder has none.
Outcome<std::optional<fs::path>> FindSettings(const GlobalOptions& globals,
                                              const fs::path& folder) {
  if (!globals.config) {
    const fs::path file = folder / kSettingsFile;
    return IsThere(file) ? std::optional(file.lexically_normal()) : std::nullopt;
  }
  if (fs::path(*globals.config).extension() == ".ini") {
    return Refuse(ExitCode::kUsage,
                  fmt::format("--config {}: settings are YAML here; name a schemactl.yaml, or the "
                              "project folder with --directory",
                              *globals.config));
  }
  if (!IsThere(*globals.config) || IsFolder(*globals.config)) {
    return Refuse(ExitCode::kUsage,
                  fmt::format("--config {}: there is no such file", *globals.config));
  }
  return std::optional(fs::path(*globals.config));
}

}  // namespace

Outcome<Project> FindProject(const GlobalOptions& globals) {
  auto folder = FindFolder(globals);
  if (!folder) return tl::unexpected(folder.error());
  auto file = FindSettings(globals, *folder);
  if (!file) return tl::unexpected(file.error());
  Project project{*folder, *folder / "versions", {}};
  if (*file) {
    auto settings = ReadSettings(**file);
    if (!settings) return tl::unexpected(settings.error());
    project.settings = *std::move(settings);
  }
  const bool plain_folder = globals.directory && !IsProject(*folder);
  if (plain_folder) project.versions = *folder;
  project.versions = project.versions.lexically_normal();
  return project;
}

Outcome<Workspace> OpenWorkspace(const GlobalOptions& globals) {
  auto project = FindProject(globals);
  if (!project) return tl::unexpected(project.error());
  Workspace workspace{*std::move(project), nullptr, {}};
  std::vector<SourceFile> files;
  // A new project has settings and no revision yet.
  if (IsFolder(workspace.project.versions)) {
    auto read = ReadSourceFolder(workspace.project.versions);
    // Not by its code: kDenied is for what a server refuses, this is a file.
    if (!read) return Refuse(ExitCode::kFailed, read.error().message);
    files = *std::move(read);
  }
  if (workspace.project.versions == workspace.project.folder) {
    std::erase_if(files, [](const SourceFile& file) { return file.name == kSchemaFile; });
  }
  for (const SourceFile& file : files) workspace.texts[file.name] = file.text;
  auto source = LoadSource(std::move(files));
  if (!source) {
    return Refuse(FromWorkingFolder(workspace, source.error()));
  }
  workspace.graph = source->graph;
  return workspace;
}

Error FromWorkingFolder(const Workspace& workspace, Error error) {
  for (const auto& [name, text] : workspace.texts) {
    if (error.message.starts_with(name + ":")) {
      error.message = RevisionPath(workspace.project, name) + error.message.substr(name.size());
      break;
    }
  }
  return error;
}

std::string ProgramOnProject(const GlobalOptions& globals) {
  std::string text = globals.program;
  const auto add = [&text](const char* option, const std::optional<std::string>& value) {
    if (value) text += fmt::format(" {} {}", option, ShellWord(*value));
  };
  add("-d", globals.directory);
  add("-c", globals.config);
  add("--version-table", globals.version_table);
  add("--version-table-schema", globals.version_table_schema);
  add("--ledger-schema", globals.ledger_schema);
  if (globals.url) text += " --url URL";
  return text;
}

std::string RevisionPath(const Project& project, const std::string& file) {
  if (file.starts_with(kLedgerPlace)) return file;
  return (project.versions / file).lexically_normal().string();
}

}  // namespace schemaop
