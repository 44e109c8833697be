// Asking a person before data is destroyed.
#pragma once

#include <string>
#include <vector>

#include "cli/command.h"

namespace schemaop {

// Whether somebody is there to be asked: standard input and standard error are a terminal.
bool CanAsk();

// Shows `losses`, a line each, and waits until the name of database `label` ("name@host:port") is
// typed. kRefused when something else is, kInterrupted when asked to stop meanwhile. REQUIRES:
// CanAsk().
Outcome<void> AskForName(CommandContext& context, const std::string& label,
                         const std::vector<std::string>& losses);

}  // namespace schemaop
