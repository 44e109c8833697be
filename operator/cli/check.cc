#include <memory>
#include <optional>
#include <string>

#include <CLI/CLI.hpp>
#include <fmt/format.h>

#include "catalog/change_list.h"
#include "cli/choice.h"
#include "cli/commands.h"
#include "cli/difference_document.h"
#include "cli/document.h"
#include "cli/rename_hints.h"
#include "cli/schema_difference.h"
#include "cli/schema_reader.h"
#include "cli/workspace.h"

namespace schemaop {
namespace {

struct CheckArguments {
  bool live = false;
  OutputFormat format = OutputFormat::kText;
  std::optional<std::string> scratch_url;
};

Outcome<void> RunSchemaCheck(CommandContext& context, const CheckArguments& arguments) {
  const auto workspace = OpenWorkspace(context.globals);
  if (!workspace) return tl::unexpected(workspace.error());
  const SchemaReader reader(context, *workspace, arguments.scratch_url);
  const auto desired = reader.ReadDesired();
  if (!desired) return tl::unexpected(desired.error());
  const auto made = arguments.live ? reader.ReadLive() : reader.ReadRevisions(reader.AllHeads());
  if (!made) return tl::unexpected(made.error());
  CatalogScope scope = reader.Scope();
  if (arguments.live) scope.owners = scope.grants = false;
  const auto changes = FindChanges(Narrow(*made, scope), Narrow(*desired, scope));
  if (arguments.format != OutputFormat::kText) {
    context.output.Result(DifferenceDocument(arguments.format, ListChanges(changes), ""));
  } else {
    context.output.Text(changes.empty() ? "No new upgrade operations detected.\n"
                                        : ChangeLines(changes));
  }
  if (changes.empty()) return {};
  return Refuse(
      ExitCode::kDiffers,
      fmt::format("{} is not what {}; to write what is missing, run: {} revision "
                  "--autogenerate{} -m MESSAGE",
                  reader.DesiredPath(),
                  arguments.live ? "the database holds" : "the revisions make",
                  ProgramOnProject(context.globals), arguments.live ? " --against live" : ""));
}

}  // namespace

void AddCheck(CLI::App& app, Command& chosen) {
  auto arguments = std::make_shared<CheckArguments>();
  CLI::App* command = app.add_subcommand("check", "say whether schema.sql and the revisions agree");
  AddChoice(
      *command, "--against", {"revisions", "live"},
      [arguments](std::size_t word) { arguments->live = word == 1; },
      "what schema.sql is compared with: the revisions, replayed in a scratch database (default), "
      "or the database itself");
  AddScratchOption(*command, arguments->scratch_url);
  AddOutputOption(*command, arguments->format);
  command->callback([&chosen, arguments] {
    chosen = [arguments](CommandContext& context) { return RunSchemaCheck(context, *arguments); };
  });
}

}  // namespace schemaop
