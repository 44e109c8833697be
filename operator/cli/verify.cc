#include "engine/verify.h"

#include <filesystem>
#include <memory>
#include <string>
#include <vector>

#include <CLI/CLI.hpp>
#include <fmt/format.h>

#include "base/file.h"
#include "base/text.h"
#include "cli/check_document.h"
#include "cli/commands.h"
#include "cli/database.h"
#include "cli/document.h"
#include "cli/workspace.h"
#include "engine/check_file.h"

namespace schemaop {
namespace {

Outcome<CheckList> ReadChecks(const Project& project) {
  const std::filesystem::path file = (project.folder / kChecksFile).lexically_normal();
  if (!IsThere(file)) {
    return Refuse(ExitCode::kUsage,
                  fmt::format("there is no {}; write down there what must hold after a migration, "
                              "such as\n"
                              "  checks:\n"
                              "    - {{name: All tables created, tables: [projects]}}\n",
                              file.string()));
  }
  const auto text = ReadTextFile(file);
  if (!text) return Refuse(ExitCode::kFailed, text.error().message);
  auto checks = ParseChecks(file.string(), *text);
  if (!checks) return Refuse(checks.error());
  return *std::move(checks);
}

std::string CheckLines(const CheckReport& report) {
  std::string lines;
  for (const CheckResult& result : report.results) {
    lines += (result.holds ? "✅ " : "❌ ") + DescribeResult(result) + "\n";
  }
  if (Failing(report).empty()) lines += "✅ All DDL tests passed!\n";
  return lines;
}

// A rollback takes everything back but these.
void TellOfSequences(Output& output, const CheckReport& report) {
  for (const SequenceMove& move : report.moved) {
    output.Progress(fmt::format("not rolled back: sequence {} went from {} to {}", move.name,
                                move.from.empty() ? "unused" : move.from, move.to));
  }
}

Outcome<void> Conclude(const CheckReport& report) {
  const std::vector<CheckResult> failing = Failing(report);
  if (failing.empty()) return {};
  std::vector<std::string> names;
  for (const CheckResult& result : failing) names.push_back(result.name);
  return Refuse(
      ExitCode::kDiffers,
      fmt::format("{} of {} checks {} not hold: {}", failing.size(), report.results.size(),
                  failing.size() == 1 ? "does" : "do", Join(names, ", ")));
}

Outcome<void> Verify(CommandContext& context, OutputFormat format) {
  const auto project = FindProject(context.globals);
  if (!project) return tl::unexpected(project.error());
  const auto checks = ReadChecks(*project);
  if (!checks) return tl::unexpected(checks.error());
  const auto options = ChooseDatabase(context.globals, project->settings);
  if (!options) return tl::unexpected(options.error());
  const auto report = RunChecks(*options, *checks, context.stop);
  if (!report) return Refuse(report.error());
  context.output.Text(format == OutputFormat::kText ? CheckLines(*report)
                                                    : CheckDocument(format, *report));
  TellOfSequences(context.output, *report);
  return Conclude(*report);
}

}  // namespace

void AddVerify(CLI::App& app, Command& chosen) {
  auto format = std::make_shared<OutputFormat>(OutputFormat::kText);
  CLI::App* command = app.add_subcommand(
      "verify",
      "run the checks of checks.yaml and roll back what they did; exit with 3 when one fails");
  AddOutputOption(*command, *format);
  command->callback([&chosen, format] {
    chosen = [format](CommandContext& context) { return Verify(context, *format); };
  });
}

}  // namespace schemaop
