// One sentence for a command line that cannot be parsed.
#pragma once

#include <string>

#include "cli/command.h"

namespace CLI {
class App;
class ParseError;
}  // namespace CLI

namespace schemaop {

// What `error`, thrown while `app` parsed a command line, means to the person who typed it: the
// word that is wrong, what was probably meant, and where to read more. kUsage. Never echoes an
// option's value.
CommandFailure DescribeUsageError(const CLI::App& app, const CLI::ParseError& error);

}  // namespace schemaop
