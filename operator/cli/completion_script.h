// Completion scripts for shells.
#pragma once

#include <string>

#include "cli/command_table.h"

namespace schemaop {

// Each completes the commands, the options, the words of options that take one of a few, and, where
// a command takes a revision, the project's revisions, which the script asks the program for.
std::string BashCompletion(const CommandTable& table);
std::string ZshCompletion(const CommandTable& table);
std::string FishCompletion(const CommandTable& table);

// A program for kubectl 1.26 and newer, which runs kubectl_complete-schema from PATH to complete
// what follows "kubectl schema".
std::string KubectlCompletion(const CommandTable& table);

}  // namespace schemaop
