// One sentence for a command line that cannot be parsed.
#pragma once

#include <optional>
#include <span>
#include <string>

#include "cli/command.h"

namespace CLI {
class App;
class ParseError;
}  // namespace CLI

namespace schemaop {

// The failure when an argument is "--option=" or "-o=" with nothing behind it, which CLI11 would
// fill with the next argument.
std::optional<CommandFailure> FindEmptyValue(std::span<const std::string> arguments);

// What `error`, thrown while `app` parsed a command line, means to the person who typed it: the
// word that is wrong, what was probably meant, and where to read more. kUsage. Never echoes an
// option's value.
CommandFailure DescribeUsageError(const CLI::App& app, const CLI::ParseError& error);

}  // namespace schemaop
