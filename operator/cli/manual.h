// The manual page.
#pragma once

#include <string>

#include "cli/command_table.h"

namespace schemaop {

// The page of section 1 as roff with the man macros (groff_man(7)), ASCII alone: every command and
// option of `table`, the exit codes, the environment and the files. The same bytes every time.
std::string ManualPage(const CommandTable& table);

}  // namespace schemaop
