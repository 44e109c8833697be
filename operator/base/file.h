// Reading a file that a person named.
#pragma once

#include <filesystem>
#include <string>

#include "base/error.h"

namespace schemaop {

// Whether anything has this name, a link that leads nowhere included.
bool IsThere(const std::filesystem::path& path);

// The whole content of `path`. kNotFound when there is nothing, or a link that leads nowhere;
// kInvalid when it is a folder; kDenied when it cannot be read. The message begins "cannot read
// <path>: ".
Result<std::string> ReadTextFile(const std::filesystem::path& path);

}  // namespace schemaop
