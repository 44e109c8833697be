#include "cli/command_table.h"

#include <algorithm>

#include <CLI/CLI.hpp>

#include "base/text.h"

namespace schemaop {
namespace {

std::vector<const CLI::App*> CommandsUnder(const CLI::App& app) {
  return app.get_subcommands([](const CLI::App*) { return true; });
}

OptionRow ReadOption(const CLI::Option& option) {
  OptionRow row;
  row.positional = option.get_positional();
  if (row.positional) row.names.push_back(option.get_name(true));
  for (const std::string& name : option.get_lnames()) row.names.push_back("--" + name);
  for (const std::string& name : option.get_snames()) row.names.push_back("-" + name);
  row.description = option.get_description();
  row.required = option.get_required();
  row.repeated = option.get_multi_option_policy() == CLI::MultiOptionPolicy::TakeAll ||
                 option.get_items_expected_max() > 1;
  if (option.get_items_expected_max() > 0) row.value = option.get_type_name();
  if (row.value.find('|') != std::string::npos) row.choices = Split(row.value, '|');
  return row;
}

std::vector<OptionRow> ReadOptions(const CLI::App& app) {
  std::vector<OptionRow> rows;
  for (const CLI::Option* option : app.get_options()) rows.push_back(ReadOption(*option));
  return rows;
}

void ReadCommands(const CLI::App& app, const std::string& prefix, std::vector<CommandRow>& rows) {
  for (const CLI::App* command : CommandsUnder(app)) {
    CommandRow row{prefix + command->get_name(),
                   command->get_aliases(),
                   command->get_description(),
                   ReadOptions(*command),
                   {}};
    for (const CLI::App* under : CommandsUnder(*command)) {
      row.subcommands.push_back(under->get_name());
    }
    rows.push_back(row);
    ReadCommands(*command, row.name + " ", rows);
  }
}

std::string SynopsisOf(const OptionRow& option) {
  const bool named = !option.positional;
  std::string text = option.names.front();
  if (named && !option.value.empty()) text += " " + option.value;
  if (!option.required) text = "[" + text + "]";
  return option.repeated ? text + "..." : text;
}

}  // namespace

CommandTable ReadCommandTable(const CLI::App& app) {
  CommandTable table{app.get_name(), app.get_description(), ReadOptions(app), {}};
  ReadCommands(app, "", table.commands);
  return table;
}

bool TakesRevision(const CommandRow& command) {
  return std::any_of(command.options.begin(), command.options.end(), [](const OptionRow& option) {
    return option.positional &&
           (option.names.front() == "TARGET" || option.names.front() == "REVISION");
  });
}

std::string Synopsis(const std::string& program, const CommandRow& command) {
  std::string text = program + " " + command.name;
  for (const bool positional : {false, true}) {
    for (const OptionRow& option : command.options) {
      const bool help = option.names.front() == "--help";
      if (option.positional == positional && !help) text += " " + SynopsisOf(option);
    }
  }
  if (!command.subcommands.empty()) text += " [" + Join(command.subcommands, "|") + "]";
  return text;
}

}  // namespace schemaop
