#include <algorithm>
#include <filesystem>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <system_error>
#include <utility>
#include <vector>

#include <CLI/CLI.hpp>
#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "base/file.h"
#include "base/text.h"
#include "cli/alembic_project.h"
#include "cli/choice.h"
#include "cli/commands.h"
#include "cli/document.h"
#include "cli/imported_revision.h"
#include "cli/new_file.h"
#include "cli/settings.h"
#include "cli/shell_word.h"
#include "engine/source_folder.h"
#include "revision/revision_file.h"
#include "revision/source.h"

namespace schemaop {
namespace {

namespace fs = std::filesystem;
using Json = nlohmann::ordered_json;

struct ImportArguments {
  AlembicCall call;
  std::optional<std::string> folder;
  bool force = false;
  OutputFormat format = OutputFormat::kText;
};

class Import {
 public:
  Import(const ImportArguments& arguments, const AlembicProject& project, fs::path folder)
      : arguments_(arguments),
        project_(project),
        folder_(std::move(folder)),
        versions_(folder_ / "versions") {
    for (const AlembicRevision& revision : project.revisions) {
      revisions_.push_back(ImportRevision(revision));
    }
  }

  const std::vector<ImportedRevision>& revisions() const { return revisions_; }

  // What is in the folder already; before anything else.
  Outcome<void> ReadFolder();
  // What stands against writing anything at all.
  Outcome<void> Check() const;
  Outcome<void> Write(CommandContext& context) const;
  // What was written and what was not, for -o.
  std::string Document() const;
  // What remains to be done by hand.
  Outcome<void> Conclude(CommandContext& context) const;

 private:
  Outcome<void> WriteSettings(CommandContext& context) const;
  void TellWritten(CommandContext& context, const fs::path& path) const;
  // The file that declares the revision already, else one that its message names.
  const std::string& NameOf(const ImportedRevision& revision) const;
  fs::path PathOf(const ImportedRevision& revision) const { return versions_ / NameOf(revision); }

  const ImportArguments& arguments_;
  const AlembicProject& project_;
  fs::path folder_;
  fs::path versions_;
  std::vector<ImportedRevision> revisions_;
  std::map<std::string, std::string> texts_;     // of the folder's files, by name
  std::map<std::string, std::string> declared_;  // their names, by revision
};

Outcome<void> Import::ReadFolder() {
  std::error_code ignored;
  if (!fs::is_directory(versions_, ignored)) return {};
  auto files = ReadSourceFolder(versions_);
  if (!files) return Refuse(ExitCode::kFailed, files.error().message);
  for (SourceFile& file : *files) {
    if (const auto read = ParseRevisionFile(file.name, file.text)) declared_[read->id] = file.name;
    texts_[file.name] = std::move(file.text);
  }
  return {};
}

const std::string& Import::NameOf(const ImportedRevision& revision) const {
  const auto declared = declared_.find(revision.id);
  return declared == declared_.end() ? revision.name : declared->second;
}

Outcome<void> Import::Check() const {
  std::vector<std::string> there;
  std::map<std::string, std::string> texts = texts_;
  bool has_gaps = false;
  for (const ImportedRevision& revision : revisions_) {
    if (revision.problem) {
      has_gaps = has_gaps || !declared_.contains(revision.id);
      continue;
    }
    texts[NameOf(revision)] = revision.text;
    if (IsThere(PathOf(revision))) there.push_back(PathOf(revision).string());
  }
  if (!there.empty() && !arguments_.force) {
    return Refuse(
        ExitCode::kUsage,
        fmt::format("{} is there already{}; name another folder with --to, or "
                    "overwrite with --force",
                    there.front(),
                    there.size() == 1 ? "" : fmt::format(", and {} more", there.size() - 1)));
  }
  if (has_gaps) return {};  // they are told of at the end
  std::vector<SourceFile> files;
  for (const auto& [name, text] : texts) files.push_back({name, text});
  const auto source = LoadSource(std::move(files));
  if (source) return {};
  return Refuse(ExitCode::kFailed,
                "the revisions cannot be imported as they are: " + source.error().message);
}

Outcome<void> Import::Write(CommandContext& context) const {
  for (const ImportedRevision& revision : revisions_) {
    if (revision.problem) continue;
    const fs::path path = PathOf(revision);
    const auto written =
        arguments_.force ? OverwriteFile(path, revision.text) : WriteNewFile(path, revision.text);
    if (!written) return written;
    TellWritten(context, path);
    if (revision.note) {
      context.output.Warning(fmt::format("revision {}: {}", revision.id, *revision.note));
    }
  }
  return WriteSettings(context);
}

// The project's version table where it is not Alembic's usual one.
Outcome<void> Import::WriteSettings(CommandContext& context) const {
  std::string text;
  if (project_.version_table != "alembic_version") {
    text += "versionTable: " + JsonQuote(project_.version_table) + "\n";
  }
  if (!project_.version_table_schema.empty()) {
    text += "versionTableSchema: " + JsonQuote(project_.version_table_schema) + "\n";
  }
  const fs::path path = folder_ / kSettingsFile;
  if (text.empty()) return {};
  if (IsThere(path)) {
    context.output.Warning(
        fmt::format("{} is kept as it is; env.py says:\n{}", path.string(), Trim(text)));
    return {};
  }
  const auto written = WriteNewFile(path, text);
  if (written) TellWritten(context, path);
  return written;
}

void Import::TellWritten(CommandContext& context, const fs::path& path) const {
  if (arguments_.format != OutputFormat::kText) return;
  context.output.Result(fmt::format("  Generating {} ...  done\n", path.string()));
}

std::string Import::Document() const {
  Json rows = Json::array();
  for (const ImportedRevision& revision : revisions_) {
    rows.push_back({{"revision", revision.id},
                    {"file", PathOf(revision).string()},
                    {"from", revision.from},
                    {"written", !revision.problem},
                    {"problem", revision.problem.value_or("")},
                    {"note", revision.note.value_or("")}});
  }
  return RenderDocument(
      arguments_.format, rows, rows,
      {{{"REVISION", [](const Json& row) { return row["revision"].get<std::string>(); }},
        {"WRITTEN", [](const Json& row) { return row["written"].dump(); }},
        {"FILE", [](const Json& row) { return row["file"].get<std::string>(); }},
        {"PROBLEM", [](const Json& row) { return row["problem"].get<std::string>(); }},
        {"FROM", [](const Json& row) { return row["from"].get<std::string>(); }, true},
        {"NOTE", [](const Json& row) { return row["note"].get<std::string>(); }, true}},
       "revision"});
}

Outcome<void> Import::Conclude(CommandContext& context) const {
  std::string missing;
  std::size_t count = 0;
  std::size_t problems = 0;
  for (const ImportedRevision& revision : revisions_) {
    if (!revision.problem) continue;
    ++problems;
    if (declared_.contains(revision.id)) {  // written by hand
      context.output.Progress(fmt::format("{} is kept: Alembic cannot render revision {}",
                                          PathOf(revision).string(), revision.id));
      continue;
    }
    ++count;
    std::error_code error;
    missing += fmt::format("\n{} ({})\n  {}\n  write {}, which begins:\n", revision.id,
                           fs::proximate(revision.from, error).string(), *revision.problem,
                           PathOf(revision).string());
    for (const std::string& line : Split(Trim(revision.header), '\n'))
      missing += "    " + line + "\n";
  }
  if (count == 0) return {};
  return Refuse(
      problems == revisions_.size() ? ExitCode::kFailed : ExitCode::kPartlyApplied,
      fmt::format("{} of {} revisions cannot be rendered as SQL without a database; write "
                  "them by hand:\n{}",
                  count, revisions_.size(), Trim(missing)));
}

Outcome<void> RunImport(CommandContext& context, const ImportArguments& arguments) {
  if (context.globals.config) {
    return Refuse(ExitCode::kUsage,
                  fmt::format("--config names settings of schemactl, and import reads those of the "
                              "other tool; type them behind it: import alembic {}",
                              ShellWord(*context.globals.config)));
  }
  const auto project = ReadAlembicProject(arguments.call, context.stop);
  if (!project) return tl::unexpected(project.error());
  Import import(arguments, *project,
                arguments.folder.value_or(context.globals.directory.value_or("migrations")));
  if (auto read = import.ReadFolder(); !read) return read;
  if (auto checked = import.Check(); !checked) return checked;
  if (auto written = import.Write(context); !written) return written;
  if (arguments.format != OutputFormat::kText) context.output.Result(import.Document());
  return import.Conclude(context);
}

}  // namespace

void AddImport(CLI::App& app, Command& chosen) {
  auto arguments = std::make_shared<ImportArguments>();
  CLI::App* command =
      app.add_subcommand("import", "turn another tool's project into SQL revisions");
  AddChoice(
      *command, "TOOL", {"alembic"}, [](std::size_t) {}, "alembic")
      ->required();
  command->add_option("SETTINGS", arguments->call.settings,
                      "the project's settings file (default: alembic.ini)");
  command->add_option(
      "--to", arguments->folder,
      "project folder to write to (default: that of --directory, else ./migrations)");
  command->add_option("--alembic", arguments->call.program,
                      "the program that runs the project (default: alembic, from PATH)");
  command->add_option("-n,--name", arguments->call.section,
                      "section of the settings file, as for alembic -n (default: alembic)");
  command
      ->add_option("-x", arguments->call.x_arguments,
                   "an argument for env.py, as for alembic -x; may be given several times")
      ->expected(1)
      ->multi_option_policy(CLI::MultiOptionPolicy::TakeAll);
  AddOutputOption(*command, arguments->format);
  command->add_flag("--force", arguments->force, "overwrite revision files that are there");
  command->callback([&chosen, arguments] {
    chosen = [arguments](CommandContext& context) { return RunImport(context, *arguments); };
  });
}

}  // namespace schemaop
