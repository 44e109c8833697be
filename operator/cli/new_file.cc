#include "cli/new_file.h"

#include <cerrno>
#include <fcntl.h>
#include <random>
#include <string_view>
#include <system_error>
#include <unistd.h>

#include <fmt/format.h>

namespace schemaop {
namespace {

bool WriteAll(int file, std::string_view text) {
  while (!text.empty()) {
    const ssize_t written = write(file, text.data(), text.size());
    if (written < 0 && errno == EINTR) continue;
    if (written <= 0) return false;
    text.remove_prefix(static_cast<std::size_t>(written));
  }
  return true;
}

}  // namespace

Outcome<void> WriteNewFile(const std::filesystem::path& path, const std::string& text) {
  const auto refuse = [&](const std::string& why) {
    return Refuse(ExitCode::kFailed, fmt::format("cannot write {}: {}", path.string(), why));
  };
  if (path.has_parent_path()) {
    std::error_code error;
    std::filesystem::create_directories(path.parent_path(), error);
    if (error) return refuse(error.message());
  }
  // O_EXCL: somebody's file of this name is never overwritten.
  const int file = open(path.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0666);
  if (file < 0) return refuse(std::generic_category().message(errno));
  const bool written = WriteAll(file, text);
  const int write_error = errno;
  const bool closed = close(file) == 0;
  if (written && closed) return {};
  unlink(path.c_str());
  return refuse(std::generic_category().message(written ? errno : write_error));
}

Outcome<void> OverwriteFile(const std::filesystem::path& path, const std::string& text) {
  // A name of its own, so that nothing left behind is in the way; hidden from who reads the folder.
  const std::filesystem::path beside =
      path.parent_path() /
      fmt::format(".{}.{:08x}", path.filename().string(), std::random_device()());
  if (auto written = WriteNewFile(beside, text); !written) return written;
  std::error_code error;
  std::filesystem::rename(beside, path, error);
  if (!error) return {};
  unlink(beside.c_str());
  return Refuse(ExitCode::kFailed,
                fmt::format("cannot write {}: {}", path.string(), error.message()));
}

}  // namespace schemaop
