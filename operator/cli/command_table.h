// The commands and options of the program as values, read back from where they are declared: the
// one table behind completion, the manual page and suggestions.
#pragma once

#include <string>
#include <vector>

namespace CLI {
class App;
}

namespace schemaop {

struct OptionRow {
  std::vector<std::string> names;    // "--output", "-o"; for an argument its one name, "TARGET"
  std::string value;                 // what it takes, "TEXT" or the words "auto|always|never";
                                     // empty for a flag
  std::vector<std::string> choices;  // those words, when it takes one of a few
  std::string description;
  bool positional = false;
  bool required = false;
  bool repeated = false;
};

struct CommandRow {
  std::string name;  // with those of the commands it stands under: "ledger verify"
  std::vector<std::string> aliases;
  std::string description;
  std::vector<OptionRow> options;        // in the order of their declaration
  std::vector<std::string> subcommands;  // the last words of the commands under this one
};

struct CommandTable {
  std::string program;  // "schemactl" or "kubectl schema"
  std::string description;
  std::vector<OptionRow> options;    // what every command takes
  std::vector<CommandRow> commands;  // a command before those under it
};

// The table of `app`, the program.
CommandTable ReadCommandTable(const CLI::App& app);

// Whether the command takes a revision of the project: it has an argument TARGET or REVISION.
bool TakesRevision(const CommandRow& command);

// "schemactl upgrade [--sql] [--tag TEXT] TARGET"
std::string Synopsis(const std::string& program, const CommandRow& command);

}  // namespace schemaop
