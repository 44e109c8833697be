#include "cli/cli.h"

#include <array>
#include <set>
#include <vector>

#include <CLI/CLI.hpp>
#include <fmt/format.h>

#include "cli/choice.h"
#include "cli/command.h"
#include "cli/commands.h"
#include "cli/interrupt.h"
#include "cli/settings.h"
#include "cli/usage_error.h"

namespace schemaop {
namespace {

constexpr const char* kProjectGroup = "Project and database";

// As the settings file has them.
std::string WrongName(const std::string& name) {
  if (name.empty()) return "a name cannot be empty; leave the option out for the default";
  if (name.size() <= kLongestName) return "";
  return fmt::format("the name is {} bytes long; PostgreSQL's names have at most {}", name.size(),
                     kLongestName);
}

void AddGlobalOptions(CLI::App& app, GlobalOptions& globals) {
  app.add_option("--url", globals.url, "database, as postgresql://user@host:port/dbname")
      ->group(kProjectGroup);
  app.add_option("-c,--config", globals.config, "settings file; its folder is the project")
      ->group(kProjectGroup);
  app.add_option("-d,--directory", globals.directory,
                 "project folder (default: ./migrations, else the working folder)")
      ->group(kProjectGroup);
  app.add_option("--version-table", globals.version_table,
                 "table of the applied revisions (default: alembic_version)")
      ->check(WrongName)
      ->group(kProjectGroup);
  app.add_option("--version-table-schema", globals.version_table_schema,
                 "schema of that table (default: found through search_path)")
      ->check(WrongName)
      ->group(kProjectGroup);
  app.add_option("--ledger-schema", globals.ledger_schema,
                 "schema of the ledger (default: schemaversion)")
      ->check(WrongName)
      ->group(kProjectGroup);
  app.set_version_flag("--version", VersionText(), "print the version of schemactl");
  app.add_flag("-q,--quiet", globals.quiet, "no progress and no warnings on standard error");
  AddChoice(
      app, "--color", {"auto", "always", "never"},
      [&globals](std::size_t word) {
        constexpr std::array kColors{ColorChoice::kAuto, ColorChoice::kAlways, ColorChoice::kNever};
        globals.color = kColors[word];
      },
      "colours on standard error (default: auto)");
}

void AddCommands(CLI::App& app, Command& chosen) {
  AddCurrent(app, chosen);
  AddHistory(app, chosen);
  AddHeads(app, chosen);
  AddBranches(app, chosen);
  AddShow(app, chosen);
  AddUpgrade(app, chosen);
  AddDowngrade(app, chosen);
  AddStamp(app, chosen);
  AddLedger(app, chosen);
  AddResolve(app, chosen);
  AddRevision(app, chosen);
  AddMerge(app, chosen);
  AddEdit(app, chosen);
  AddCheck(app, chosen);
  AddDiff(app, chosen);
  AddSchema(app, chosen);
  AddDrift(app, chosen);
  AddVerify(app, chosen);
  AddRehearse(app, chosen);
  AddImport(app, chosen);
  AddEnsureVersion(app, chosen);
  AddWait(app, chosen);
  AddInit(app, chosen);
  AddListTemplates(app, chosen);
  AddVersion(app, chosen);
  AddHelp(app, chosen);
  AddCompletion(app, chosen);
}

// The names of every option that takes a value, as typed: "-m", "--message".
std::set<std::string> ValueOptions(const CLI::App& app) {
  std::set<std::string> names;
  for (const CLI::Option* option : app.get_options()) {
    if (option->get_items_expected_min() == 0) continue;
    for (const std::string& name : option->get_snames()) names.insert("-" + name);
    for (const std::string& name : option->get_lnames()) names.insert("--" + name);
  }
  for (const CLI::App* command : app.get_subcommands(nullptr)) names.merge(ValueOptions(*command));
  return names;
}

// "-r=-2:" is "-r-2:" to Alembic's parser (argparse), and "-r" with the value "=-2:" to CLI11.
std::vector<std::string> DropShortEquals(const CLI::App& app,
                                         std::span<const std::string> arguments) {
  const std::set<std::string> options = ValueOptions(app);
  std::vector<std::string> typed(arguments.begin(), arguments.end());
  for (std::size_t i = 0; i < typed.size() && typed[i] != "--"; ++i) {
    const bool is_value = i > 0 && options.contains(typed[i - 1]);
    if (is_value || typed[i].size() < 3 || typed[i][2] != '=') continue;
    if (options.contains(typed[i].substr(0, 2))) typed[i].erase(2, 1);
  }
  return typed;
}

int Finish(Output& output, ExitCode code) {
  std::string reason;
  if (!output.Finish(&reason)) {
    output.Failure("cannot write the result to standard output: " + reason);
    if (code == ExitCode::kDone) code = ExitCode::kFailed;
  }
  return static_cast<int>(code);
}

int Complain(const GlobalOptions& globals, const CommandFailure& failure) {
  Output output(globals.color, globals.quiet);
  output.Failure(failure.message);
  return Finish(output, failure.code);
}

int Execute(const Command& command, const GlobalOptions& globals, std::stop_token stop) {
  Output output(globals.color, globals.quiet);
  CommandContext context{globals, output, std::move(stop)};
  const Outcome<void> outcome = command(context);
  if (outcome) return Finish(output, ExitCode::kDone);
  output.Failure(outcome.error().message);
  return Finish(output, outcome.error().code);
}

}  // namespace

int RunCommandLine(const std::string& program, std::span<const std::string> arguments) {
  const InterruptWatch interrupts;
  GlobalOptions globals;
  if (program == "kubectl-schema") globals.program = "kubectl schema";
  Command chosen;
  CLI::App app("PostgreSQL schema migrations as plain SQL revisions.", globals.program);
  app.fallthrough();
  app.require_subcommand(1);
  app.option_defaults()->multi_option_policy(CLI::MultiOptionPolicy::Throw);
  app.get_formatter()->column_width(34);
  AddGlobalOptions(app, globals);
  AddCommands(app, chosen);
  app.footer("Exit codes: " + globals.program + " help exit-codes");
  if (const auto empty = FindEmptyValue(arguments)) return Complain(globals, *empty);
  try {
    const std::vector<std::string> typed = DropShortEquals(app, arguments);
    // CLI11 takes the arguments last first.
    app.parse(std::vector<std::string>(typed.rbegin(), typed.rend()));
  } catch (const CLI::CallForHelp&) {
    Output output(ColorChoice::kNever, false);
    output.Result(app.help());
    return Finish(output, ExitCode::kDone);
  } catch (const CLI::CallForVersion&) {
    Output output(ColorChoice::kNever, false);
    output.Result(VersionText() + "\n");
    return Finish(output, ExitCode::kDone);
  } catch (const CLI::ParseError& error) {
    return Complain(globals, DescribeUsageError(app, error));
  }
  return Execute(chosen, globals, interrupts.token());
}

}  // namespace schemaop
