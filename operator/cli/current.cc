#include <algorithm>
#include <memory>
#include <vector>

#include <CLI/CLI.hpp>
#include <fmt/format.h>

#include "base/text.h"
#include "cli/commands.h"
#include "cli/database.h"
#include "cli/planning_error.h"
#include "cli/revision_listing.h"
#include "cli/run_outcome.h"
#include "cli/view.h"

namespace schemaop {
namespace {

struct Arguments {
  Detail detail = Detail::kBrief;
  bool check_heads = false;
  OutputFormat format = OutputFormat::kText;
};

// A fully migrated database has a row for each revision that nothing builds on or depends on.
Outcome<void> CheckHeads(const RevisionGraph& graph, const Heads& rows) {
  std::vector<RevisionId> wanted = graph.Ids(graph.RealHeads());
  std::vector<RevisionId> found = rows;
  std::sort(wanted.begin(), wanted.end());
  std::sort(found.begin(), found.end());
  if (found == wanted) return {};
  return Refuse(ExitCode::kDiffers,
                fmt::format("Database is not on all head revisions: it is at {}, the heads are {}; "
                            "to bring it there, run: schemactl upgrade heads",
                            DescribeHeads(rows, graph), Join(wanted, ", ")));
}

Outcome<void> Print(CommandContext& context, const Workspace& workspace, const Heads& rows,
                    const Arguments& arguments) {
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
    context.output.Result(fmt::format("Current revision(s) for {}:\n", DsnLabel(options->dsn)));
  }
  PrintLines(context, workspace.project, *lines);
  return {};
}

Outcome<void> Run(CommandContext& context, const Arguments& arguments) {
  const auto workspace = OpenWorkspace(context.globals);
  if (!workspace) return tl::unexpected(workspace.error());
  const auto rows = ReadHeads(context, workspace->project);
  if (!rows) return tl::unexpected(rows.error());
  if (const auto printed = Print(context, *workspace, *rows, arguments); !printed) return printed;
  if (arguments.check_heads) return CheckHeads(*workspace->graph, *rows);
  return {};
}

}  // namespace

void AddCurrent(CLI::App& app, Command& chosen) {
  auto arguments = std::make_shared<Arguments>();
  CLI::App* command = app.add_subcommand("current", "show the revision a database is at");
  AddVerboseFlag(*command, arguments->detail);
  command->add_flag("--check-heads", arguments->check_heads,
                    "exit with 3 unless the database is at every head");
  AddOutputOption(*command, arguments->format);
  command->callback([&chosen, arguments] {
    chosen = [arguments](CommandContext& context) { return Run(context, *arguments); };
  });
}

}  // namespace schemaop
