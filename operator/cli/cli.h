// The command line `schemactl`.
#pragma once

#include <span>
#include <string>

namespace schemaop {

// Parses `arguments` (without the program's name), runs the command and returns the exit code (see
// exit_code.h). `program` is how it was called: as "kubectl-schema" it is a kubectl plugin.
int RunCommandLine(const std::string& program, std::span<const std::string> arguments);

}  // namespace schemaop
