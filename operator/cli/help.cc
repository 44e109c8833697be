#include <memory>
#include <string>

#include <CLI/CLI.hpp>
#include <fmt/format.h>

#include "cli/commands.h"
#include "cli/suggest.h"

namespace schemaop {
namespace {

Outcome<void> Help(const CLI::App& app, const std::string& topic, CommandContext& context) {
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
  auto topic = std::make_shared<std::string>();
  CLI::App* command = app.add_subcommand("help", "explain a command, or the exit codes");
  command->add_option("TOPIC", *topic, "a command, or exit-codes");
  command->callback([&app, &chosen, topic] {
    chosen = [&app, topic](CommandContext& context) { return Help(app, *topic, context); };
  });
}

}  // namespace schemaop
