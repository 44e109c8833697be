#include "cli/project_file.h"

#include <fstream>
#include <iterator>
#include <system_error>

namespace schemaop {

Outcome<std::optional<std::string>> ReadProjectFile(const std::filesystem::path& file) {
  std::error_code ignored;
  if (!std::filesystem::exists(file, ignored)) return std::optional<std::string>();
  std::ifstream stream(file, std::ios::binary);
  std::string text{std::istreambuf_iterator<char>(stream), std::istreambuf_iterator<char>()};
  if (!stream || std::filesystem::is_directory(file, ignored)) {
    return Refuse(ExitCode::kFailed, "cannot read " + file.string());
  }
  return std::optional(std::move(text));
}

}  // namespace schemaop
