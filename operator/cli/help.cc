#include <memory>
#include <string>
#include <vector>

#include <CLI/CLI.hpp>
#include <fmt/format.h>

#include "cli/command_table.h"
#include "cli/commands.h"
#include "cli/manual.h"
#include "cli/suggest.h"

namespace schemaop {
namespace {

struct HelpArguments {
  std::string topic;
  bool manual = false;
};

Outcome<void> Help(const CLI::App& app, const HelpArguments& arguments, CommandContext& context) {
  const std::string& topic = arguments.topic;
  if (arguments.manual) {
    context.output.Result(ManualPage(ReadCommandTable(app)));
    return {};
  }
  if (topic == "exit-codes") {
    context.output.Result(ExitCodeHelp());
    return {};
  }
  std::vector<std::string> topics{"exit-codes"};
  for (const CLI::App* command : app.get_subcommands([](const CLI::App*) { return true; })) {
    if (command->check_name(topic)) {
      context.output.Result(command->help(app.get_name()));
      return {};
    }
    topics.push_back(command->get_name());
  }
  if (topic.empty()) {
    // app.help() would explain the chosen command: this one.
    context.output.Result(
        app.get_formatter()->make_help(&app, app.get_name(), CLI::AppFormatMode::Normal));
    return {};
  }
  return Refuse(ExitCode::kUsage,
                fmt::format("there is no help on '{}'{}; topics are the commands and exit-codes",
                            topic, DidYouMean(topic, topics)));
}

}  // namespace

void AddHelp(CLI::App& app, Command& chosen) {
  auto arguments = std::make_shared<HelpArguments>();
  CLI::App* command = app.add_subcommand("help", "explain a command, or the exit codes");
  CLI::Option* topic = command->add_option("TOPIC", arguments->topic, "a command, or exit-codes");
  command
      ->add_flag("--man", arguments->manual,
                 "print the manual page (to read it: help --man | man -l -)")
      ->excludes(topic);
  command->callback([&app, &chosen, arguments] {
    chosen = [&app, arguments](CommandContext& context) { return Help(app, *arguments, context); };
  });
}

}  // namespace schemaop
