#include "cli/usage_error.h"

#include <vector>

#include <CLI/CLI.hpp>
#include <fmt/format.h>

#include "base/text.h"
#include "cli/command_table.h"
#include "cli/suggest.h"

namespace schemaop {
namespace {

// The innermost: "ledger accept".
const CLI::App* ChosenCommand(const CLI::App& app) {
  const CLI::App* command = nullptr;
  for (auto chosen = app.get_subcommands(); !chosen.empty(); chosen = command->get_subcommands()) {
    command = chosen.front();
  }
  return command;
}

// As it is typed behind the program's name.
std::string PathOf(const CLI::App& command) {
  const CLI::App* above = command.get_parent();
  const bool top = above == nullptr || above->get_parent() == nullptr;
  return top ? command.get_name() : PathOf(*above) + " " + command.get_name();
}

std::vector<std::string> CommandNames(const CLI::App& app) {
  std::vector<std::string> names;
  for (const CommandRow& command : ReadCommandTable(app).commands) {
    if (command.name.find(' ') == std::string::npos) names.push_back(command.name);
  }
  return names;
}

void AppendOptionNames(const CLI::App& app, std::vector<std::string>& names) {
  for (const CLI::Option* option : app.get_options()) {
    for (const std::string& name : option->get_lnames()) names.push_back("--" + name);
    for (const std::string& name : option->get_snames()) names.push_back("-" + name);
  }
}

std::string MoreHelp(const CLI::App& app, const CLI::App* command) {
  return command == nullptr ? fmt::format("run '{} --help' for the commands", app.get_name())
                            : fmt::format("run '{} {} --help'", app.get_name(), PathOf(*command));
}

// The first word that nothing took.
std::string Unexpected(const CLI::App& app, const CLI::App* command, const std::string& word) {
  if (word.size() > 1 && word.front() == '-') {
    const std::string name = word.substr(0, word.find('='));
    std::vector<std::string> known;
    if (command != nullptr) AppendOptionNames(*command, known);
    AppendOptionNames(app, known);
    // Any letter is one edit from any other: a suggestion for -x would be a guess.
    const std::string meant = name.size() > 2 ? DidYouMean(name, known) : "";
    return fmt::format("unknown option '{}'{}{}; {}", name,
                       command == nullptr ? "" : fmt::format(" for '{}'", PathOf(*command)), meant,
                       MoreHelp(app, command));
  }
  if (command == nullptr) {
    return fmt::format("unknown command '{}'{}; {}", word, DidYouMean(word, CommandNames(app)),
                       MoreHelp(app, nullptr));
  }
  return fmt::format("'{}' does not take '{}'; {}", PathOf(*command), word, MoreHelp(app, command));
}

std::string MissingArguments(const CLI::App& command) {
  std::string missing;
  for (const CLI::Option* option : command.get_options()) {
    if (!option->get_required() || option->count() > 0) continue;
    if (!missing.empty()) missing += ", ";
    missing += option->get_positional() ? option->get_name(true) : option->get_name();
  }
  if (!missing.empty()) return missing;
  std::vector<std::string> under;
  for (const CLI::App* subcommand : command.get_subcommands([](const CLI::App*) { return true; })) {
    under.push_back(subcommand->get_name());
  }
  return "a command: " + Join(under, ", ");
}

// CLI11's texts for these begin with "--option: ".
std::string Mismatch(const CLI::ArgumentMismatch& error, const CLI::App* command) {
  const std::string text = error.what();
  const std::string name = text.substr(0, text.find(':'));
  if (text.ends_with("missing")) {
    // Alembic's -c of this command.
    const bool check = name == "--config" && command != nullptr && command->get_name() == "current";
    return fmt::format("'{}' needs a value{}", name,
                       check ? " (to check for the heads, type --check-heads)" : "");
  }
  if (text.find("received") != std::string::npos) {
    return fmt::format("'{}' is given more than once", name);
  }
  return text;
}

}  // namespace

std::optional<CommandFailure> FindEmptyValue(std::span<const std::string> arguments) {
  for (const std::string& argument : arguments) {
    if (argument == "--") return std::nullopt;
    const bool named = argument.starts_with("--") || (argument.size() == 3 && argument[0] == '-');
    if (named && argument.find('=') == argument.size() - 1) {
      return CommandFailure{ExitCode::kUsage, fmt::format("'{}' needs a value behind its '='",
                                                          argument.substr(0, argument.size() - 1))};
    }
  }
  return std::nullopt;
}

CommandFailure DescribeUsageError(const CLI::App& app, const CLI::ParseError& error) {
  const CLI::App* command = ChosenCommand(app);
  // A word nobody took is the better explanation of whatever else is missing because of it.
  if (const auto words = app.remaining(true); !words.empty()) {
    return {ExitCode::kUsage, Unexpected(app, command, words.front())};
  }
  if (command == nullptr && dynamic_cast<const CLI::RequiredError*>(&error) != nullptr) {
    return {ExitCode::kUsage, "no command given; " + MoreHelp(app, nullptr)};
  }
  if (command != nullptr && dynamic_cast<const CLI::RequiredError*>(&error) != nullptr) {
    return {ExitCode::kUsage, fmt::format("'{}' needs {}; {}", PathOf(*command),
                                          MissingArguments(*command), MoreHelp(app, command))};
  }
  if (const auto* mismatch = dynamic_cast<const CLI::ArgumentMismatch*>(&error)) {
    return {ExitCode::kUsage,
            fmt::format("{}; {}", Mismatch(*mismatch, command), MoreHelp(app, command))};
  }
  return {ExitCode::kUsage, fmt::format("{}; {}", error.what(), MoreHelp(app, command))};
}

}  // namespace schemaop
