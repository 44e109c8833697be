// The schemas that `check`, `diff`, `schema dump`, `drift` and autogenerate compare, as catalogs.
#pragma once

#include <optional>
#include <string>

#include "catalog/scope.h"
#include "cli/command.h"
#include "cli/workspace.h"
#include "engine/database_options.h"
#include "engine/scratch_database.h"

namespace CLI {
class App;
class Option;
}  // namespace CLI

namespace schemaop {

// Adds --scratch-url to `command`, to which the result belongs.
CLI::Option* AddScratchOption(CLI::App& command, std::optional<std::string>& url);

// Whether `name` (see SchemaReader::ReadNamed) is a database as it is: live, or a URL.
bool NamesDatabase(const std::string& name);

// What the settings leave out of every comparison of the project's schema.
CatalogScope ProjectScope(const ProjectSettings& settings, const DatabaseOptions& options);

// Reads schemas for one command. Used from one thread; what it is given must outlive it. Every
// database of a project but the one it is told to read is a scratch database, made where
// --scratch-url says, else the variable of the settings' scratchUrlEnv, else beside the project's
// own.
class SchemaReader {
 public:
  SchemaReader(CommandContext& context, const Workspace& workspace,
               std::optional<std::string> scratch_url)
      : context_(context), workspace_(workspace), scratch_url_(std::move(scratch_url)) {}

  // A new empty scratch database.
  Outcome<ScratchDatabase> NewScratch() const;

  // A scratch database with the revisions up to `heads`.
  Outcome<ScratchDatabase> Replay(const Heads& heads) const;
  // The revisions that nothing builds on or depends on.
  Heads AllHeads() const;

  // Whole catalogs, to be narrowed by a scope.
  Outcome<Catalog> ReadScratch(const ScratchDatabase& scratch) const;
  Outcome<Catalog> ReadRevisions(const Heads& heads) const;
  Outcome<Catalog> ReadLive() const;
  // The project's schema.sql; its text too.
  Outcome<Catalog> ReadDesired() const;
  Outcome<std::string> DesiredText() const;
  // `name`: live, revisions, schema, a database URL, an .sql file, or a revision's target form.
  Outcome<Catalog> ReadNamed(const std::string& name) const;

  CatalogScope Scope() const;
  // "migrations/schema.sql", from the working folder.
  std::string DesiredPath() const;

 private:
  Outcome<Catalog> ReadScript(const std::string& path, const std::string& text) const;
  Outcome<Catalog> ReadDatabase(const DatabaseOptions& options) const;
  Outcome<Dsn> ScratchServer() const;

  CommandContext& context_;
  const Workspace& workspace_;
  std::optional<std::string> scratch_url_;
};

}  // namespace schemaop
