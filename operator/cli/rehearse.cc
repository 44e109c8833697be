#include "engine/rehearse.h"

#include <memory>
#include <string>
#include <vector>

#include <CLI/CLI.hpp>
#include <fmt/format.h>

#include "base/text.h"
#include "cli/commands.h"
#include "cli/database.h"
#include "cli/document.h"
#include "cli/rehearsal_document.h"
#include "cli/workspace.h"

namespace schemaop {
namespace {

struct RehearseArguments {
  bool crash = false;
  OutputFormat format = OutputFormat::kText;
};

std::string StepLine(const RehearsedStep& step, const RehearsalReport& report) {
  bool holds = true;
  for (const RehearsalFinding& finding : report.findings) {
    holds = holds && finding.revision != step.revision;
  }
  std::string line = fmt::format("{} {}: {}", holds ? "✅" : "❌", step.revision,
                                 step.reversed ? "up, down, up" : "up; it cannot be taken back");
  if (step.cuts > 0) {
    line += fmt::format("; cut off {} time{}", step.cuts, step.cuts == 1 ? "" : "s");
  }
  return line + "\n";
}

std::string FindingLines(const RehearsalFinding& finding) {
  std::string lines = "   " + finding.problem + "\n";
  for (const std::string& object : finding.objects) lines += "   * " + object + "\n";
  if (finding.statements.empty()) return lines;
  lines += "   what makes it right:\n";
  for (const std::string& statement : finding.statements) lines += "     " + statement + ";\n";
  return lines;
}

std::string Lines(const RehearsalReport& report) {
  std::string lines;
  for (const RehearsedStep& step : report.steps) {
    lines += StepLine(step, report);
    for (const RehearsalFinding& finding : report.findings) {
      if (finding.revision == step.revision) lines += FindingLines(finding);
    }
  }
  if (!report.left_out.empty()) {
    lines += "not rehearsed, because of what comes before: " + Join(report.left_out, ", ") + "\n";
  }
  return lines;
}

Outcome<void> Conclude(const RehearsalReport& report) {
  if (report.findings.empty()) return {};
  std::vector<std::string> revisions;
  for (const RehearsalFinding& finding : report.findings) {
    if (revisions.empty() || revisions.back() != finding.revision) {
      revisions.push_back(finding.revision);
    }
  }
  return Refuse(ExitCode::kDiffers,
                fmt::format("the rehearsal found something wrong with {}", Join(revisions, ", ")));
}

// Findings name files relative to the bundle; a person needs them relative to where they are.
void NameFiles(const Workspace& workspace, RehearsalReport& report) {
  for (RehearsalFinding& finding : report.findings) {
    const Revision* revision = workspace.graph->Find(finding.revision);
    if (revision == nullptr) continue;
    const auto at = finding.problem.find(revision->file + ":");
    if (at == std::string::npos) continue;
    finding.problem.replace(at, revision->file.size(),
                            RevisionPath(workspace.project, revision->file));
  }
}

Outcome<void> RunRehearsal(CommandContext& context, const RehearseArguments& arguments) {
  const auto workspace = OpenWorkspace(context.globals);
  if (!workspace) return tl::unexpected(workspace.error());
  const auto options = ChooseDatabase(context.globals, workspace->project.settings);
  if (!options) return tl::unexpected(options.error());
  RehearsalRequest request{
      .options = *options,
      .graph = workspace->graph,
      .from = {},
      .steps = {},
      .cuts = arguments.crash ? RehearsalCuts::kEachStatement : RehearsalCuts::kNone};
  auto plan = PlanUpgrade(*workspace->graph, {}, "heads");
  if (!plan) return Refuse(plan.error());
  request.steps = std::move(plan->steps);
  auto report = Rehearse(
      request, [&](const Step& step) { context.output.Progress("Rehearsing " + step.revision); },
      context.stop);
  if (!report) return Refuse(report.error());
  NameFiles(*workspace, *report);
  context.output.Text(arguments.format == OutputFormat::kText
                          ? Lines(*report)
                          : RehearsalDocument(arguments.format, *report));
  return Conclude(*report);
}

}  // namespace

void AddRehearse(CLI::App& app, Command& chosen) {
  auto arguments = std::make_shared<RehearseArguments>();
  CLI::App* command = app.add_subcommand(
      "rehearse",
      "run every revision up, down and up in a scratch database beside the database and compare "
      "the schemas; exit with 3 when something is wrong");
  command->add_flag("--crash", arguments->crash,
                    "end the session at each statement and in each COMMIT, too");
  AddOutputOption(*command, arguments->format);
  command->callback([&chosen, arguments] {
    chosen = [arguments](CommandContext& context) { return RunRehearsal(context, *arguments); };
  });
}

}  // namespace schemaop
