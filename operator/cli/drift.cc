#include "engine/drift.h"

#include <memory>
#include <optional>
#include <string>

#include <CLI/CLI.hpp>
#include <fmt/format.h>

#include "catalog/change_list.h"
#include "catalog/diff.h"
#include "cli/commands.h"
#include "cli/database.h"
#include "cli/difference_document.h"
#include "cli/document.h"
#include "cli/printable.h"
#include "cli/run_outcome.h"
#include "cli/schema_difference.h"
#include "cli/schema_reader.h"
#include "cli/workspace.h"
#include "engine/observe_database.h"
#include "engine/schema_snapshot.h"

namespace schemaop {
namespace {

struct DriftArguments {
  bool accept = false;
  OutputFormat format = OutputFormat::kText;
  std::optional<std::string> scratch_url;
};

// Without a snapshot: what the revisions that the database has make in a scratch database. Who owns
// and may do what is another matter there.
Outcome<DriftFinding> CompareWithReplay(const SchemaReader& reader, const DriftFinding& unknown,
                                        const Heads& heads, CommandContext& context) {
  context.output.Progress(
      fmt::format("{}\nComparing with the revisions in a scratch database", unknown.why));
  const auto should = reader.ReadRevisions(heads);
  if (!should) return tl::unexpected(should.error());
  const auto is = reader.ReadLive();
  if (!is) return tl::unexpected(is.error());
  CatalogScope scope = reader.Scope();
  scope.owners = scope.grants = false;
  const Catalog from = Narrow(*is, scope);
  const Catalog to = Narrow(*should, scope);
  DriftFinding finding;
  finding.changes = ListChanges(FindChanges(to, from));
  if (finding.changes.empty()) return finding;
  finding.kind = DriftFinding::Kind::kDrifted;
  finding.sql = DifferenceScript(Diff(from, to));
  return finding;
}

Outcome<void> AcceptDrift(CommandContext& context, const DatabaseOptions& options) {
  auto accepted = AcceptSchema(options, CurrentActor(), context.stop);
  if (!accepted) return Refuse(accepted.error());
  context.output.Progress(
      fmt::format("The schema of {} as it is now is what drift is told by", DsnLabel(options.dsn)));
  return {};
}

std::string DriftText(const DriftFinding& finding, const std::string& at) {
  if (finding.kind == DriftFinding::Kind::kNone) {
    return fmt::format("No drift: the schema is as {} left it.\n", at);
  }
  std::string text;
  for (const std::string& change : finding.changes) text += SqlComment(EscapeControls(change));
  return text + "\n" + finding.sql;
}

Outcome<void> TellDrift(CommandContext& context, OutputFormat format, const DriftFinding& finding,
                        const std::string& label, const std::string& at) {
  context.output.Result(format == OutputFormat::kText
                            ? DriftText(finding, at)
                            : DifferenceDocument(format, finding.changes, finding.sql));
  if (finding.kind == DriftFinding::Kind::kNone) return {};
  return Refuse(ExitCode::kDiffers,
                fmt::format("{}: the schema is not as {} left it; the statements above take the "
                            "changes back; to take them for right, run: {} drift --accept",
                            label, at, ProgramOnProject(context.globals)));
}

Outcome<void> RunDrift(CommandContext& context, const DriftArguments& arguments) {
  const auto workspace = OpenWorkspace(context.globals);
  if (!workspace) return tl::unexpected(workspace.error());
  const auto options = ChooseDatabase(context.globals, workspace->project.settings);
  if (!options) return tl::unexpected(options.error());
  if (arguments.accept) return AcceptDrift(context, *options);
  const auto state = ObserveDatabase(*options, context.stop);
  if (!state) return Refuse(state.error());
  DriftQuestion question;
  question.scope = ProjectScope(workspace->project.settings, *options);
  const auto look = FindDrift(*options, question, context.stop);
  if (!look) return Refuse(look.error());
  const std::string label = DsnLabel(options->dsn);
  if (!*look) {
    return Refuse(ExitCode::kBusy,
                  fmt::format("{}: somebody is migrating; look again when it is done", label));
  }
  Outcome<DriftFinding> finding = **look;
  if (finding->kind == DriftFinding::Kind::kNoSnapshot) {
    const SchemaReader reader(context, *workspace, arguments.scratch_url);
    finding = CompareWithReplay(reader, **look, state->heads, context);
    if (!finding) return tl::unexpected(finding.error());
  }
  return TellDrift(context, arguments.format, *finding, label,
                   DescribeHeads(state->heads, *workspace->graph));
}

}  // namespace

void AddDrift(CLI::App& app, Command& chosen) {
  auto arguments = std::make_shared<DriftArguments>();
  CLI::App* command =
      app.add_subcommand("drift", "say what changed in the database's schema beside its revisions");
  CLI::Option* accept =
      command->add_flag("--accept", arguments->accept,
                        "take the schema as it is for right: what drift is told by from now on");
  AddScratchOption(*command, arguments->scratch_url)->excludes(accept);
  AddOutputOption(*command, arguments->format)->excludes(accept);
  command->callback([&chosen, arguments] {
    chosen = [arguments](CommandContext& context) { return RunDrift(context, *arguments); };
  });
}

}  // namespace schemaop
