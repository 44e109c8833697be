#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <system_error>

#include <CLI/CLI.hpp>
#include <fmt/format.h>

#include "cli/choice.h"
#include "cli/commands.h"
#include "cli/new_file.h"
#include "cli/settings.h"
#include "cli/shell_word.h"

namespace schemaop {
namespace {

namespace fs = std::filesystem;

constexpr std::string_view kSettings =
    R"(# Settings of schemactl for this project. Every line is optional.
# The database's URL holds a password and never stands here; it comes from --url, from the variable
# named below, from DATABASE_URL, or from libpq's own PGHOST, PGDATABASE ...

# databaseUrlEnv: BILLING_DATABASE_URL   # the environment variable that holds the URL
# versionTable: alembic_version          # the table of the applied revisions
# versionTableSchema: public             # its schema (default: found through search_path)
# ledgerSchema: schemaversion            # the schema of the ledger
# scratchUrlEnv: SCRATCH_DATABASE_URL    # where scratch databases are made (default: its own server)
# allowSuperuser: false                  # refuse logins with more rights than a migration needs
# exclude: ["table:public.tmp_*"]        # objects that are not this project's
# ignore: [grants]                       # what is left to others: owners, grants, comments, storage
)";

constexpr std::string_view kReadme = R"(# Migrations

Each file in `versions/` is one revision of the database's schema: a header that says which revision it builds on, the SQL
that applies it and the SQL that takes it back.

```sh
export DATABASE_URL=postgresql://user@localhost:5432/dbname
{0} revision -m "create accounts"   # write a revision, then fill in its SQL
{0} upgrade head                    # bring the database to the newest revision
{0} current                         # say where it is
{0} downgrade -1                    # take the last revision back
{0} history                         # list the revisions
```
)";

Outcome<void> CheckEmpty(const fs::path& folder) {
  std::error_code error;
  if (!fs::exists(folder, error)) return {};
  const bool is_folder = fs::is_directory(folder, error);
  if (is_folder && fs::is_empty(folder, error) && !error) return {};
  return Refuse(ExitCode::kUsage,
                fmt::format("{} already exists and is {}; name another folder", folder.string(),
                            is_folder ? "not empty" : "no folder"));
}

// "db" for "./db/": one folder however it is typed.
fs::path Normal(const std::string& typed) {
  const fs::path path = fs::path(typed).lexically_normal();
  return path.has_filename() || !path.has_relative_path() ? path : path.parent_path();
}

// DIR, else the folder of --directory, else ./migrations.
Outcome<fs::path> ChooseFolder(const GlobalOptions& globals,
                               const std::optional<std::string>& typed) {
  if (globals.config) {
    return Refuse(ExitCode::kUsage,
                  fmt::format("init writes the settings itself, {} of the new folder; leave "
                              "--config out",
                              kSettingsFile));
  }
  const std::string folder = typed.value_or(globals.directory.value_or("migrations"));
  if (folder.empty()) return Refuse(ExitCode::kUsage, "DIR: the folder needs a name");
  if (globals.directory && Normal(*globals.directory) != Normal(folder)) {
    return Refuse(ExitCode::kUsage, fmt::format("DIR is {} and --directory is {}; name one folder",
                                                folder, *globals.directory));
  }
  return Normal(folder);
}

Outcome<void> RunInit(CommandContext& context, const std::optional<std::string>& typed) {
  const auto chosen = ChooseFolder(context.globals, typed);
  if (!chosen) return tl::unexpected(chosen.error());
  const fs::path& folder = *chosen;
  if (auto empty = CheckEmpty(folder); !empty) return empty;
  std::error_code error;
  fs::create_directories(folder / "versions", error);
  if (error) {
    return Refuse(ExitCode::kFailed, fmt::format("cannot create {}: {}",
                                                 (folder / "versions").string(), error.message()));
  }
  // The project is found by itself below the working folder's "migrations" only.
  const std::string schemactl =
      folder == "migrations"
          ? context.globals.program
          : fmt::format("{} -d {}", context.globals.program, ShellWord(folder.string()));
  const fs::path settings = folder / kSettingsFile;
  const fs::path readme = folder / "README.md";
  if (auto done = WriteNewFile(settings, std::string(kSettings)); !done) return done;
  if (auto done = WriteNewFile(readme, fmt::format(kReadme, schemactl)); !done) return done;
  for (const fs::path& path : {folder / "versions", settings, readme}) {
    context.output.Result(fmt::format("  Creating {} ...  done\n", path.string()));
  }
  context.output.Progress(fmt::format("Next: {} revision -m \"what it does\"", schemactl));
  return {};
}

}  // namespace

void AddInit(CLI::App& app, Command& chosen) {
  auto folder = std::make_shared<std::optional<std::string>>();
  CLI::App* command = app.add_subcommand("init", "make a new project folder");
  command->add_option("DIR", *folder, "where (default: that of --directory, else ./migrations)");
  AddChoice(
      *command, "-t,--template", {"generic"}, [](std::size_t) {},
      "what to begin with; list-templates lists them");
  command->callback([&chosen, folder] {
    chosen = [folder](CommandContext& context) { return RunInit(context, *folder); };
  });
}

}  // namespace schemaop
