#include "base/file.h"

#include <cerrno>
#include <fstream>
#include <system_error>
#include <utility>

namespace schemaop {

namespace fs = std::filesystem;

bool IsThere(const fs::path& path) {
  std::error_code error;
  return fs::symlink_status(path, error).type() != fs::file_type::not_found;
}

Result<std::string> ReadTextFile(const fs::path& path) {
  const auto refuse = [&](ErrorCode code, const std::string& why) {
    return Fail(code, "cannot read " + path.string() + ": " + why);
  };
  std::error_code error;
  const fs::file_status status = fs::status(path, error);
  if (status.type() == fs::file_type::not_found) {
    return refuse(ErrorCode::kNotFound, IsThere(path) ? "it is a link to a file that does not exist"
                                                      : "there is no such file");
  }
  if (fs::is_directory(status)) return refuse(ErrorCode::kInvalid, "it is a folder");
  errno = 0;
  std::ifstream stream(path, std::ios::binary);
  if (!stream) return refuse(ErrorCode::kDenied, std::generic_category().message(errno));
  std::string text;
  std::string block(std::size_t{1} << 16, '\0');
  // Not by an iterator over the stream's buffer: that throws where a read fails.
  while (stream) {
    stream.read(block.data(), static_cast<std::streamsize>(block.size()));
    text.append(block, 0, static_cast<std::size_t>(stream.gcount()));
  }
  if (stream.bad()) return refuse(ErrorCode::kDenied, "the read failed");
  return text;
}

}  // namespace schemaop
