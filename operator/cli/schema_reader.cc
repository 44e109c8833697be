#include "cli/schema_reader.h"

#include <algorithm>
#include <cstdlib>
#include <filesystem>

#include <CLI/CLI.hpp>
#include <fmt/format.h>

#include "base/file.h"
#include "cli/database.h"
#include "cli/planning_error.h"
#include "cli/run_outcome.h"
#include "cli/shell_word.h"
#include "engine/catalog_scope.h"
#include "engine/replay.h"
#include "engine/schema_script.h"
#include "engine/target_database.h"
#include "postgres/catalog_reader.h"

namespace schemaop {
namespace {

Outcome<std::string> ReadSqlFile(const std::string& path) {
  auto text = ReadTextFile(path);
  if (!text) return Refuse(ExitCode::kFailed, text.error().message);
  return *std::move(text);
}

// Whatever its scheme: nothing else is written so, and what is wrong with a URL is said without it.
bool IsUrl(const std::string& name) { return name.find("://") != std::string::npos; }

Outcome<Dsn> ParseUrl(const std::string& url, const std::string& origin) {
  auto dsn = ParseDatabaseUrl(url);
  if (!dsn) return Refuse(ExitCode::kUsage, WithContext(dsn.error(), origin).message);
  return *std::move(dsn);
}

}  // namespace

CLI::Option* AddScratchOption(CLI::App& command, std::optional<std::string>& url) {
  return command.add_option(
      "--scratch-url", url,
      "a database on the server where scratch databases are made (default: the "
      "variable that scratchUrlEnv names, else beside the project's database)");
}

bool NamesDatabase(const std::string& name) { return name == "live" || IsUrl(name); }

CatalogScope ProjectScope(const ProjectSettings& settings, const DatabaseOptions& options) {
  CatalogScope scope;
  scope.exclude = Excludes(options, settings.exclude);
  const auto ignores = [&](const char* word) {
    return std::find(settings.ignore.begin(), settings.ignore.end(), word) != settings.ignore.end();
  };
  scope.owners = !ignores("owners");
  scope.grants = !ignores("grants");
  scope.comments = !ignores("comments");
  scope.storage = !ignores("storage");
  return scope;
}

CatalogScope SchemaReader::Scope() const {
  const ProjectSettings& settings = workspace_.project.settings;
  return ProjectScope(settings, ChooseTables(context_.globals, settings));
}

std::string SchemaReader::DesiredPath() const {
  return (workspace_.project.folder / kSchemaFile).lexically_normal().string();
}

Heads SchemaReader::AllHeads() const {
  return workspace_.graph->Ids(workspace_.graph->RealHeads());
}

Outcome<Dsn> SchemaReader::ScratchServer() const {
  if (scratch_url_) return ParseUrl(*scratch_url_, "--scratch-url");
  const auto& variable = workspace_.project.settings.scratch_url_env;
  const char* url = variable ? std::getenv(variable->c_str()) : nullptr;
  if (url != nullptr && *url != '\0') return ParseUrl(url, "$" + *variable);
  auto options = ChooseDatabase(context_.globals, workspace_.project.settings);
  if (!options) {
    return Refuse(options.error().code,
                  options.error().message +
                      "; the scratch database is made on its server, or on that of --scratch-url");
  }
  return options->dsn;
}

Outcome<ScratchDatabase> SchemaReader::NewScratch() const {
  auto server = ScratchServer();
  if (!server) return tl::unexpected(server.error());
  auto scratch = ScratchDatabase::Create({.server = *std::move(server),
                                          .application_name = "schemactl",
                                          .owner = std::nullopt,
                                          .copy_of = std::nullopt},
                                         context_.stop);
  if (!scratch) return Refuse(scratch.error());
  return *std::move(scratch);
}

Outcome<ScratchDatabase> SchemaReader::Replay(const Heads& heads) const {
  auto scratch = NewScratch();
  if (!scratch) return scratch;
  const DatabaseOptions options = ChooseTables(context_.globals, workspace_.project.settings);
  const RunReport report =
      ReplayRevisions(*scratch, options, *workspace_.graph, heads, context_.stop);
  if (report.outcome == RunReport::Outcome::kCompleted) return scratch;
  auto failed =
      ConcludeRun(report, workspace_, ProgramOnProject(context_.globals), "the same again");
  // What is committed in a scratch database is gone with it.
  if (failed.error().code == ExitCode::kPartlyApplied) failed.error().code = ExitCode::kFailed;
  return Refuse(failed.error().code,
                "cannot replay the revisions in a scratch database: " + failed.error().message);
}

Outcome<Catalog> SchemaReader::ReadDatabase(const DatabaseOptions& options) const {
  auto database = TargetDatabase::Open(options, context_.stop);
  if (!database) return Refuse(database.error());
  auto catalog = ReadCatalog((*database)->session(), {}, context_.stop);
  if (!catalog) return Refuse(catalog.error());
  return *std::move(catalog);
}

Outcome<Catalog> SchemaReader::ReadScratch(const ScratchDatabase& scratch) const {
  DatabaseOptions options = ChooseTables(context_.globals, workspace_.project.settings);
  options.dsn = scratch.dsn();
  return ReadDatabase(options);
}

Outcome<Catalog> SchemaReader::ReadRevisions(const Heads& heads) const {
  const auto scratch = Replay(heads);
  if (!scratch) return tl::unexpected(scratch.error());
  return ReadScratch(*scratch);
}

Outcome<Catalog> SchemaReader::ReadLive() const {
  auto options = ChooseDatabase(context_.globals, workspace_.project.settings);
  if (!options) return tl::unexpected(options.error());
  return ReadDatabase(*options);
}

Outcome<Catalog> SchemaReader::ReadScript(const std::string& path, const std::string& text) const {
  const auto scratch = NewScratch();
  if (!scratch) return tl::unexpected(scratch.error());
  DatabaseOptions options = ChooseTables(context_.globals, workspace_.project.settings);
  options.dsn = scratch->dsn();
  const auto ran = RunSchemaScript(options, path, text, context_.stop);
  // Not by its code: the file is wrong, whatever the server says of it.
  const bool stopped = !ran && ran.error().code == ErrorCode::kCancelled;
  if (!ran) {
    return Refuse(stopped ? ExitCode::kInterrupted : ExitCode::kFailed, ran.error().message);
  }
  return ReadDatabase(options);
}

Outcome<std::string> SchemaReader::DesiredText() const {
  if (!IsThere(DesiredPath())) {
    return Refuse(
        ExitCode::kUsage,
        fmt::format("there is no {0}: it says which schema the revisions should make; to "
                    "begin with what they make now, run: {1} schema dump revisions > {2}",
                    DesiredPath(), ProgramOnProject(context_.globals), ShellWord(DesiredPath())));
  }
  return ReadSqlFile(DesiredPath());
}

Outcome<Catalog> SchemaReader::ReadDesired() const {
  const auto text = DesiredText();
  if (!text) return tl::unexpected(text.error());
  return ReadScript(DesiredPath(), *text);
}

Outcome<Catalog> SchemaReader::ReadNamed(const std::string& name) const {
  if (name == "live") return ReadLive();
  if (name == "revisions") return ReadRevisions(AllHeads());
  if (name == "schema") return ReadDesired();
  if (IsUrl(name)) {
    auto dsn = ParseUrl(name, "the URL");
    if (!dsn) return tl::unexpected(dsn.error());
    DatabaseOptions options = ChooseTables(context_.globals, workspace_.project.settings);
    options.dsn = *std::move(dsn);
    return ReadDatabase(options);
  }
  if (name.ends_with(".sql")) {
    const auto text = ReadSqlFile(name);
    if (!text) return tl::unexpected(text.error());
    return ReadScript(name, *text);
  }
  const auto goal = ResolveGoal(*workspace_.graph, name);
  if (!goal)
    return tl::unexpected(DescribePlanningError(goal.error(), *workspace_.graph, {}, name));
  return ReadRevisions(goal->revisions);
}

}  // namespace schemaop
