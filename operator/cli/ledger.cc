#include <memory>
#include <string>
#include <vector>

#include <CLI/CLI.hpp>
#include <fmt/format.h>

#include "cli/commands.h"
#include "cli/database.h"
#include "cli/ledger_listing.h"
#include "cli/run_outcome.h"
#include "cli/workspace.h"
#include "engine/accept_revision.h"
#include "engine/read_ledger.h"
#include "revision/plan.h"

namespace schemaop {
namespace {

struct ListArguments {
  LedgerFilter filter;
  OutputFormat format = OutputFormat::kText;
};

// Needs no revision files: the ledger speaks for itself.
Outcome<LedgerReading> Read(CommandContext& context, const LedgerFilter& filter) {
  const auto project = FindProject(context.globals);
  if (!project) return tl::unexpected(project.error());
  const auto options = ChooseDatabase(context.globals, project->settings);
  if (!options) return tl::unexpected(options.error());
  auto reading = ReadLedger(*options, filter, context.stop);
  if (!reading) return Refuse(reading.error());
  return *std::move(reading);
}

Outcome<void> List(CommandContext& context, const ListArguments& arguments) {
  const auto reading = Read(context, arguments.filter);
  if (!reading) return tl::unexpected(reading.error());
  context.output.Text(ListLedgerRows(arguments.format, reading->rows));
  return {};
}

// The last hash is for keeping elsewhere: a chain cannot tell that rows at its end were cut off.
Outcome<void> Verify(CommandContext& context) {
  const auto reading = Read(context, {});
  if (!reading) return tl::unexpected(reading.error());
  const auto holds = VerifyLedgerChain(reading->version_table, reading->rows);
  if (!holds) return Refuse(ExitCode::kDiffers, holds.error().message);
  const std::size_t count = reading->rows.size();
  context.output.Text(fmt::format("the ledger of {} holds: {} row{}{}\n", reading->version_table,
                                  count, count == 1 ? "" : "s",
                                  count == 0 ? "" : ", the last " + reading->rows.back().hash));
  return {};
}

Outcome<RevisionId> FindRevision(const RevisionGraph& graph, const std::string& typed) {
  const auto goal = ResolveGoal(graph, typed);
  if (!goal) return Refuse(ExitCode::kUsage, goal.error().message);
  if (goal->revisions.size() == 1) return goal->revisions.front();
  return Refuse(ExitCode::kUsage, fmt::format("'{}' is not one revision; name one", typed));
}

Outcome<void> Accept(CommandContext& context, const std::string& typed) {
  const auto workspace = OpenWorkspace(context.globals);
  if (!workspace) return tl::unexpected(workspace.error());
  const auto id = FindRevision(*workspace->graph, typed);
  if (!id) return tl::unexpected(id.error());
  const auto options = ChooseDatabase(context.globals, workspace->project.settings);
  if (!options) return tl::unexpected(options.error());
  const RunReport report =
      AcceptRevision(*options, *workspace->graph, *id, CurrentActor(), context.stop);
  if (report.error && report.error->code == ErrorCode::kInvalid) {
    return Refuse(ExitCode::kUsage, report.error->message);
  }
  const std::string program = ProgramOnProject(context.globals);
  const auto outcome = ConcludeRun(report, *workspace, program, program + " ledger accept " + *id);
  if (!outcome) return outcome;
  context.output.Progress(
      fmt::format("the ledger has the text of revision {} as it is in {} now", *id,
                  RevisionPath(workspace->project, workspace->graph->Find(*id)->file)));
  return {};
}

void AddLedgerVerify(CLI::App& ledger, Command& chosen) {
  ledger.add_subcommand("verify", "check the chain of hashes; exit with 3 at the first broken row")
      ->callback([&chosen] { chosen = [](CommandContext& context) { return Verify(context); }; });
}

void AddAccept(CLI::App& ledger, Command& chosen) {
  auto revision = std::make_shared<std::string>();
  CLI::App* accept =
      ledger.add_subcommand("accept", "say that the changed text of an applied revision is right");
  accept->add_option("REVISION", *revision, "a revision or its unique start")->required();
  accept->callback([&chosen, revision] {
    chosen = [revision](CommandContext& context) { return Accept(context, *revision); };
  });
}

}  // namespace

void AddLedger(CLI::App& app, Command& chosen) {
  auto arguments = std::make_shared<ListArguments>();
  CLI::App* command = app.add_subcommand("ledger", "show who applied what when");
  command->require_subcommand(0, 1);
  const std::vector<CLI::Option*> of_the_list{
      command->add_option("--revision", arguments->filter.revision,
                          "only rows of this revision (its id)"),
      command->add_option("--limit", arguments->filter.limit, "only the newest so many rows")
          ->check(CLI::PositiveNumber),
      AddOutputOption(*command, arguments->format)};
  AddLedgerVerify(*command, chosen);
  AddAccept(*command, chosen);
  for (CLI::App* under : command->get_subcommands([](const CLI::App*) { return true; })) {
    for (CLI::Option* option : of_the_list) under->excludes(option);
  }
  // Called after its subcommands' callbacks.
  command->callback([&chosen, arguments, command] {
    if (!command->get_subcommands().empty()) return;
    chosen = [arguments](CommandContext& context) { return List(context, *arguments); };
  });
}

}  // namespace schemaop
