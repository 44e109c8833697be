#include <algorithm>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include <CLI/CLI.hpp>

#include "cli/commands.h"
#include "cli/schema_difference.h"
#include "cli/schema_reader.h"
#include "cli/workspace.h"

namespace schemaop {
namespace {

struct DumpArguments {
  std::string which = "live";
  std::optional<std::string> scratch_url;
};

// What is in every new database, as `schema` has it.
Catalog NewDatabaseOf(const Catalog& schema) {
  std::vector<CatalogObject> objects;
  for (const CatalogObject& object : schema.objects()) {
    const bool always = (object.id.kind == ObjectKind::kSchema && object.id.name == "public") ||
                        (object.id.kind == ObjectKind::kExtension && object.id.name == "plpgsql");
    if (always) objects.push_back(object);
  }
  return Catalog(std::move(objects), schema.origin());
}

bool HasRoutines(const Catalog& schema) {
  return std::any_of(schema.objects().begin(), schema.objects().end(), [](const auto& object) {
    return object.id.kind == ObjectKind::kFunction || object.id.kind == ObjectKind::kProcedure;
  });
}

Outcome<Catalog> EmptyFor(const SchemaReader& reader, const Catalog& schema,
                          const std::string& which) {
  // Needs no right to make databases, and owners and grants are left out of these anyway.
  if (NamesDatabase(which)) return NewDatabaseOf(schema);
  const auto scratch = reader.NewScratch();
  if (!scratch) return tl::unexpected(scratch.error());
  return reader.ReadScratch(*scratch);
}

Outcome<void> RunDump(CommandContext& context, const DumpArguments& arguments) {
  const auto workspace = OpenWorkspace(context.globals);
  if (!workspace) return tl::unexpected(workspace.error());
  const SchemaReader reader(context, *workspace, arguments.scratch_url);
  const auto schema = reader.ReadNamed(arguments.which);
  if (!schema) return tl::unexpected(schema.error());
  const auto empty = EmptyFor(reader, *schema, arguments.which);
  if (!empty) return tl::unexpected(empty.error());
  CatalogScope scope = reader.Scope();
  // A dump of a database is to be loaded by anybody.
  if (NamesDatabase(arguments.which)) scope.owners = scope.grants = false;
  // As pg_dump: bodies may name what comes later.
  const std::string loose = HasRoutines(*schema) ? "SET check_function_bodies = off;\n\n" : "";
  context.output.Result(loose +
                        DifferenceScript(Diff(Narrow(*empty, scope), Narrow(*schema, scope))));
  return {};
}

}  // namespace

void AddSchema(CLI::App& app, Command& chosen) {
  auto arguments = std::make_shared<DumpArguments>();
  CLI::App* command = app.add_subcommand("schema", "the schema as SQL");
  command->require_subcommand(1);
  CLI::App* dump = command->add_subcommand("dump", "print the statements that make a schema");
  dump->add_option("WHICH", arguments->which,
                   "live (the database, default), revisions, schema (schema.sql), a revision, a "
                   "database's URL, or an .sql file");
  AddScratchOption(*dump, arguments->scratch_url);
  dump->callback([&chosen, arguments] {
    chosen = [arguments](CommandContext& context) { return RunDump(context, *arguments); };
  });
}

}  // namespace schemaop
