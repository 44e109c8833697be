#include "cli/view.h"

#include <string>
#include <string_view>

#include <CLI/CLI.hpp>

#include "cli/database.h"
#include "engine/observe_database.h"
#include "revision/lost_revisions.h"

namespace schemaop {
namespace {

constexpr std::string_view kPathMark = "Path: ";

}  // namespace

void AddVerboseFlag(CLI::App& command, Detail& detail) {
  command.add_flag_callback(
      "-v,--verbose", [&detail] { detail = Detail::kVerbose; }, "say more of each revision");
}

Outcome<Heads> ReadHeads(CommandContext& context, Workspace& workspace) {
  const auto options = ChooseDatabase(context.globals, workspace.project.settings);
  if (!options) return tl::unexpected(options.error());
  const auto state = ObserveDatabase(*options, *workspace.graph, context.stop);
  if (!state) return Refuse(state.error());
  if (auto history = CompleteFromLedger(workspace.graph, *state)) workspace.graph = *history;
  return state->heads;
}

void PrintLines(CommandContext& context, const Project& project, const Lines& lines) {
  for (const std::string& line : lines) {
    const bool path = line.starts_with(kPathMark);
    context.output.Text(path ? std::string(kPathMark) +
                                   RevisionPath(project, line.substr(kPathMark.size())) + "\n"
                             : line + "\n");
  }
}

}  // namespace schemaop
