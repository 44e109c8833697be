#include "cli/view.h"

#include <string>
#include <string_view>

#include <CLI/CLI.hpp>

#include "cli/database.h"
#include "engine/observe_database.h"

namespace schemaop {
namespace {

constexpr std::string_view kPathMark = "Path: ";

}  // namespace

void AddVerboseFlag(CLI::App& command, Detail& detail) {
  command.add_flag_callback(
      "-v,--verbose", [&detail] { detail = Detail::kVerbose; }, "say more of each revision");
}

Outcome<Heads> ReadHeads(CommandContext& context, const Project& project) {
  const auto options = ChooseDatabase(context.globals, project.settings);
  if (!options) return tl::unexpected(options.error());
  auto state = ObserveDatabase(*options, context.stop);
  if (!state) return Refuse(state.error());
  return state->heads;
}

void PrintLines(CommandContext& context, const Project& project, const Lines& lines) {
  for (const std::string& line : lines) {
    const bool path = line.starts_with(kPathMark);
    context.output.Result(path ? std::string(kPathMark) +
                                     RevisionPath(project, line.substr(kPathMark.size())) + "\n"
                               : line + "\n");
  }
}

}  // namespace schemaop
