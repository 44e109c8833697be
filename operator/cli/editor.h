// The person's own editor.
#pragma once

#include <string>
#include <vector>

#include "cli/command.h"

namespace schemaop {

// Opens `files` in $VISUAL, else $EDITOR (a command of the shell, as elsewhere: "code --wait"), on
// this terminal, and waits for it. kUsage when neither is set, kFailed when it does not end well.
Outcome<void> EditFiles(const std::vector<std::string>& files);

}  // namespace schemaop
