// Writing a file whole or not at all.
#pragma once

#include <filesystem>
#include <string>

#include "cli/command.h"

namespace schemaop {

// Writes `text` to `path`, folders made as needed: whole or not at all. kFailed when that is not
// possible or something of this name is there already, which is never overwritten.
Outcome<void> WriteNewFile(const std::filesystem::path& path, const std::string& text);

// The same for a file that may be there already, whose content is replaced.
Outcome<void> OverwriteFile(const std::filesystem::path& path, const std::string& text);

}  // namespace schemaop
