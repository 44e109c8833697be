#include <memory>
#include <optional>
#include <string>
#include <vector>

#include <CLI/CLI.hpp>
#include <fmt/format.h>

#include "catalog/change_list.h"
#include "cli/commands.h"
#include "cli/difference_document.h"
#include "cli/document.h"
#include "cli/schema_difference.h"
#include "cli/schema_reader.h"
#include "cli/workspace.h"

namespace schemaop {
namespace {

struct DiffArguments {
  std::string from;
  std::string to;
  OutputFormat format = OutputFormat::kText;
  std::optional<std::string> scratch_url;
};

// A URL may hold a password.
std::string ShownSchema(const std::string& name) {
  return name.find("://") == std::string::npos ? name : "the database of the URL";
}

Outcome<void> RunDiff(CommandContext& context, const DiffArguments& arguments) {
  const auto workspace = OpenWorkspace(context.globals);
  if (!workspace) return tl::unexpected(workspace.error());
  const SchemaReader reader(context, *workspace, arguments.scratch_url);
  const auto from = reader.ReadNamed(arguments.from);
  if (!from) return tl::unexpected(from.error());
  const auto to = reader.ReadNamed(arguments.to);
  if (!to) return tl::unexpected(to.error());
  CatalogScope scope = reader.Scope();
  // Databases of different owners are not different for that.
  if (NamesDatabase(arguments.from) != NamesDatabase(arguments.to)) {
    scope.owners = scope.grants = false;
  }
  const SchemaDiff diff = Diff(Narrow(*from, scope), Narrow(*to, scope));
  const std::vector<std::string> changes = ListChanges(diff.changes);
  if (arguments.format != OutputFormat::kText) {
    context.output.Result(DifferenceDocument(arguments.format, changes, DifferenceScript(diff)));
  }
  if (diff.empty()) return {};
  for (const std::string& warning : diff.warnings) context.output.Warning(warning);
  if (arguments.format == OutputFormat::kText) {
    for (const std::string& line : changes) context.output.Progress(line);
    context.output.Result(DifferenceScript(diff));
  }
  return Refuse(ExitCode::kDiffers,
                fmt::format("{} and {} differ; the statements above turn the "
                            "first into the second",
                            ShownSchema(arguments.from), ShownSchema(arguments.to)));
}

}  // namespace

void AddDiff(CLI::App& app, Command& chosen) {
  auto arguments = std::make_shared<DiffArguments>();
  CLI::App* command =
      app.add_subcommand("diff", "print the SQL that turns one schema into another");
  constexpr const char* kWhich =
      "live (the database), revisions, schema (schema.sql), a revision, a database's URL, or an "
      ".sql file";
  command->add_option("A", arguments->from, kWhich)->required();
  command->add_option("B", arguments->to, "the same")->required();
  AddScratchOption(*command, arguments->scratch_url);
  AddOutputOption(*command, arguments->format);
  command->callback([&chosen, arguments] {
    chosen = [arguments](CommandContext& context) { return RunDiff(context, *arguments); };
  });
}

}  // namespace schemaop
