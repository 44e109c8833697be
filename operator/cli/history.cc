#include "revision/history.h"

#include <array>
#include <memory>
#include <optional>
#include <string>

#include <CLI/CLI.hpp>

#include "cli/choice.h"
#include "cli/commands.h"
#include "cli/history_picture.h"
#include "cli/planning_error.h"
#include "cli/revision_listing.h"
#include "cli/view.h"

namespace schemaop {
namespace {

struct HistoryArguments {
  std::string range;
  Detail detail = Detail::kBrief;
  bool indicate_current = false;
  OutputFormat format = OutputFormat::kText;
  Picture picture = Picture::kNone;
};

Outcome<void> RunHistory(CommandContext& context, const HistoryArguments& arguments) {
  HistoryRange range;
  if (!arguments.range.empty()) {
    auto parsed = ParseHistoryRange(arguments.range);
    if (!parsed) return Refuse(ExitCode::kUsage, parsed.error().message);
    range = *std::move(parsed);
  }
  auto workspace = OpenWorkspace(context.globals);
  if (!workspace) return tl::unexpected(workspace.error());
  std::optional<Heads> rows;
  if (arguments.indicate_current || NeedsCurrent(range)) {
    auto read = ReadHeads(context, *workspace);
    if (!read) return tl::unexpected(read.error());
    rows = *std::move(read);
  }
  const RevisionGraph& graph = *workspace->graph;
  const auto revisions = RevisionsInRange(graph, rows.value_or(Heads{}), range);
  if (!revisions) {
    return tl::unexpected(
        DescribePlanningError(revisions.error(), graph, rows.value_or(Heads{}), arguments.range));
  }
  if (arguments.format != OutputFormat::kText) {
    context.output.Result(ListRevisions(arguments.format, *workspace, *revisions, rows));
    return {};
  }
  if (arguments.picture != Picture::kNone) {
    return PrintPicture(context, *workspace, *revisions, rows, arguments.picture);
  }
  const Heads marked = arguments.indicate_current ? *rows : Heads{};
  PrintLines(context, workspace->project, HistoryView(graph, *revisions, marked, arguments.detail));
  return {};
}

void AddPictureOptions(CLI::App& command, Picture& picture) {
  CLI::Option* graph = command.add_flag_callback(
      "--graph", [&picture] { picture = Picture::kTree; },
      "draw a tree; with -i it tells applied from pending");
  CLI::Option* format = AddChoice(
      command, "--format", {"mermaid", "dot", "svg"},
      [&picture](std::size_t word) {
        constexpr std::array kPictures{Picture::kMermaid, Picture::kDot, Picture::kSvg};
        picture = kPictures[word];
      },
      "draw a picture: for Markdown, for graphviz, or for a browser");
  graph->excludes(format);
  for (const char* other : {"--output", "--verbose"}) {
    graph->excludes(command.get_option(other));
    format->excludes(command.get_option(other));
  }
}

}  // namespace

void AddHistory(CLI::App& app, Command& chosen) {
  auto arguments = std::make_shared<HistoryArguments>();
  CLI::App* command = app.add_subcommand("history", "list the revisions, newest first");
  command->add_option("-r,--rev-range", arguments->range,
                      "part of it, both ends included: [start]:[end], each a revision, "
                      "label@head, current, -N or +N");
  AddVerboseFlag(*command, arguments->detail);
  command->add_flag("-i,--indicate-current", arguments->indicate_current,
                    "mark what the database is at");
  AddOutputOption(*command, arguments->format);
  AddPictureOptions(*command, arguments->picture);
  command->callback([&chosen, arguments] {
    chosen = [arguments](CommandContext& context) { return RunHistory(context, *arguments); };
  });
}

}  // namespace schemaop
