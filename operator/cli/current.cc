#include <algorithm>
#include <memory>
#include <vector>

#include <CLI/CLI.hpp>
#include <fmt/format.h>

#include "base/text.h"
#include "cli/commands.h"
#include "cli/database.h"
#include "cli/ledger_problem.h"
#include "cli/planning_error.h"
#include "cli/revision_listing.h"
#include "cli/run_outcome.h"
#include "cli/view.h"
#include "engine/observe_database.h"
#include "revision/changed_revision.h"
#include "revision/lost_revisions.h"

namespace schemaop {
namespace {

struct CurrentArguments {
  Detail detail = Detail::kBrief;
  bool check_heads = false;
  OutputFormat format = OutputFormat::kText;
};

// A fully migrated database has a row for each revision that nothing builds on or depends on.
Outcome<void> CheckHeads(const RevisionGraph& graph, const Heads& rows,
                         const std::string& program) {
  std::vector<RevisionId> wanted = graph.Ids(graph.RealHeads());
  std::vector<RevisionId> found = rows;
  std::sort(wanted.begin(), wanted.end());
  std::sort(found.begin(), found.end());
  if (found == wanted) return {};
  return Refuse(ExitCode::kDiffers,
                fmt::format("Database is not on all head revisions: it is at {}, the heads are {}; "
                            "to bring it there, run: {} upgrade heads",
                            DescribeHeads(rows, graph), Join(wanted, ", "), program));
}

Outcome<void> Print(CommandContext& context, const Workspace& workspace, const Heads& rows,
                    const CurrentArguments& arguments) {
  const RevisionGraph& graph = *workspace.graph;
  const auto revisions = CurrentRevisions(graph, rows);
  if (!revisions) {
    return tl::unexpected(DescribePlanningError(revisions.error(), graph, rows, ""));
  }
  if (arguments.format != OutputFormat::kText) {
    context.output.Result(ListRevisions(arguments.format, workspace, *revisions, rows));
    return {};
  }
  const auto lines = CurrentView(graph, rows, arguments.detail);
  if (!lines) return Refuse(lines.error());
  if (arguments.detail == Detail::kVerbose) {
    const auto options = ChooseDatabase(context.globals, workspace.project.settings);
    if (!options) return tl::unexpected(options.error());
    context.output.Text(fmt::format("Current revision(s) for {}:\n", DsnLabel(options->dsn)));
  }
  PrintLines(context, workspace.project, *lines);
  return {};
}

// An applied revision whose file is not what ran any more: said with -v, and by --check-heads.
Outcome<void> CheckTexts(CommandContext& context, const Workspace& workspace,
                         const DatabaseState& state, const CurrentArguments& arguments) {
  const auto changed = FindChangedRevisions(*workspace.graph, state);
  if (changed.empty()) return {};
  const std::string text =
      DescribeChanged(workspace.project, changed, ProgramOnProject(context.globals));
  if (arguments.check_heads) return Refuse(ExitCode::kDiffers, text);
  if (arguments.detail == Detail::kVerbose) context.output.Warning(text);
  return {};
}

Outcome<void> RunCurrent(CommandContext& context, const CurrentArguments& arguments) {
  const auto workspace = OpenWorkspace(context.globals);
  if (!workspace) return tl::unexpected(workspace.error());
  const auto options = ChooseDatabase(context.globals, workspace->project.settings);
  if (!options) return tl::unexpected(options.error());
  const auto state = ObserveDatabase(*options, *workspace->graph, context.stop);
  if (!state) return Refuse(state.error());
  Workspace completed = *workspace;
  if (auto history = CompleteFromLedger(workspace->graph, *state)) completed.graph = *history;
  const auto printed = Print(context, completed, state->heads, arguments);
  if (!printed) return printed;
  if (arguments.check_heads) {
    const auto checked =
        CheckHeads(*workspace->graph, state->heads, ProgramOnProject(context.globals));
    if (!checked) return checked;
  }
  return CheckTexts(context, *workspace, *state, arguments);
}

}  // namespace

void AddCurrent(CLI::App& app, Command& chosen) {
  auto arguments = std::make_shared<CurrentArguments>();
  CLI::App* command = app.add_subcommand("current", "show the revision a database is at");
  AddVerboseFlag(*command, arguments->detail);
  command->add_flag("--check-heads", arguments->check_heads,
                    "exit with 3 unless the database is at every head");
  AddOutputOption(*command, arguments->format);
  command->callback([&chosen, arguments] {
    chosen = [arguments](CommandContext& context) { return RunCurrent(context, *arguments); };
  });
}

}  // namespace schemaop
