// Reading a file of the project that need not be there.
#pragma once

#include <filesystem>
#include <optional>
#include <string>

#include "cli/command.h"

namespace schemaop {

// The content of `file`; nullopt when there is none. kFailed when it cannot be read.
Outcome<std::optional<std::string>> ReadProjectFile(const std::filesystem::path& file);

}  // namespace schemaop
