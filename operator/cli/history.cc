#include "revision/history.h"

#include <memory>
#include <optional>
#include <string>

#include <CLI/CLI.hpp>

#include "cli/commands.h"
#include "cli/planning_error.h"
#include "cli/revision_listing.h"
#include "cli/view.h"

namespace schemaop {
namespace {

struct Arguments {
  std::string range;
  Detail detail = Detail::kBrief;
  bool indicate_current = false;
  OutputFormat format = OutputFormat::kText;
};

Outcome<void> Run(CommandContext& context, const Arguments& arguments) {
  HistoryRange range;
  if (!arguments.range.empty()) {
    auto parsed = ParseHistoryRange(arguments.range);
    if (!parsed) return Refuse(ExitCode::kUsage, parsed.error().message);
    range = *std::move(parsed);
  }
  const auto workspace = OpenWorkspace(context.globals);
  if (!workspace) return tl::unexpected(workspace.error());
  const RevisionGraph& graph = *workspace->graph;
  std::optional<Heads> rows;
  if (arguments.indicate_current || NeedsCurrent(range)) {
    auto read = ReadHeads(context, workspace->project);
    if (!read) return tl::unexpected(read.error());
    rows = *std::move(read);
  }
  const auto revisions = RevisionsInRange(graph, rows.value_or(Heads{}), range);
  if (!revisions) {
    return tl::unexpected(
        DescribePlanningError(revisions.error(), graph, rows.value_or(Heads{}), arguments.range));
  }
  if (arguments.format != OutputFormat::kText) {
    context.output.Result(ListRevisions(arguments.format, *workspace, *revisions, rows));
    return {};
  }
  const Heads marked = arguments.indicate_current ? *rows : Heads{};
  PrintLines(context, workspace->project, HistoryView(graph, *revisions, marked, arguments.detail));
  return {};
}

}  // namespace

void AddHistory(CLI::App& app, Command& chosen) {
  auto arguments = std::make_shared<Arguments>();
  CLI::App* command = app.add_subcommand("history", "list the revisions, newest first");
  command->add_option("-r,--rev-range", arguments->range,
                      "part of it, both ends included: [start]:[end], each a revision, "
                      "label@head, current, -N or +N");
  AddVerboseFlag(*command, arguments->detail);
  command->add_flag("-i,--indicate-current", arguments->indicate_current,
                    "mark what the database is at");
  AddOutputOption(*command, arguments->format);
  command->callback([&chosen, arguments] {
    chosen = [arguments](CommandContext& context) { return Run(context, *arguments); };
  });
}

}  // namespace schemaop
