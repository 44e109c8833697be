#include "engine/source_folder.h"

#include <algorithm>
#include <cerrno>
#include <cstdint>
#include <fstream>
#include <set>
#include <string>
#include <system_error>
#include <utility>

#include <fmt/format.h>

#include "engine/check_file.h"

namespace schemaop {
namespace {

namespace fs = std::filesystem;

constexpr std::uintmax_t kMaxFileBytes = std::uintmax_t{16} << 20;
constexpr std::uintmax_t kMaxTotalBytes = std::uintmax_t{64} << 20;

class FolderReader {
 public:
  explicit FolderReader(fs::path root) : root_(std::move(root)) {}

  Result<std::vector<SourceFile>> Run();

 private:
  Result<void> ReadFolder(const fs::path& folder);
  Result<void> ReadEntry(const fs::directory_entry& entry);
  Result<void> ReadText(const fs::path& path);

  fs::path root_;
  std::vector<SourceFile> files_;
  std::set<fs::path> open_folders_;  // canonical, from the root down to the one being read
  std::uintmax_t total_ = 0;
  std::string block_ = std::string(std::size_t{1} << 16, '\0');  // of a file, on its way to a text
};

tl::unexpected<Error> CannotRead(const fs::path& path, std::string_view reason) {
  return Fail(ErrorCode::kDenied, fmt::format("cannot read {}: {}", path.string(), reason));
}

tl::unexpected<Error> CannotRead(const fs::path& path, const std::error_code& error) {
  if (error != std::errc::no_such_file_or_directory) return CannotRead(path, error.message());
  return Fail(ErrorCode::kConflict,
              fmt::format("cannot read {}: it was removed meanwhile", path.string()));
}

bool IsHidden(const fs::path& path) { return path.filename().string().starts_with('.'); }

bool IsLink(const fs::path& path) {
  std::error_code error;
  return fs::is_symlink(fs::symlink_status(path, error));
}

Result<std::vector<SourceFile>> FolderReader::Run() {
  std::error_code error;
  const fs::file_status status = fs::status(root_, error);
  if (status.type() == fs::file_type::not_found) {
    return Fail(ErrorCode::kNotFound, fmt::format("folder {} does not exist", root_.string()));
  }
  if (error) return CannotRead(root_, error);
  if (!fs::is_directory(status)) {
    return Fail(ErrorCode::kInvalid, fmt::format("{} is not a folder", root_.string()));
  }
  if (auto read = ReadFolder(root_); !read) return Fail(std::move(read.error()));
  std::sort(files_.begin(), files_.end(),
            [](const SourceFile& a, const SourceFile& b) { return a.name < b.name; });
  return std::move(files_);
}

Result<void> FolderReader::ReadFolder(const fs::path& folder) {
  std::error_code error;
  const fs::path canonical = fs::canonical(folder, error);
  if (error) return CannotRead(folder, error);
  // A link back to a folder we are in would never end.
  if (!open_folders_.insert(canonical).second) return {};
  fs::directory_iterator entry(folder, error);
  for (; !error && entry != fs::directory_iterator(); entry.increment(error)) {
    if (IsHidden(entry->path())) continue;
    if (auto read = ReadEntry(*entry); !read) return read;
  }
  if (error) return CannotRead(folder, error);
  open_folders_.erase(canonical);
  return {};
}

Result<void> FolderReader::ReadEntry(const fs::directory_entry& entry) {
  const bool wanted = entry.path().extension() == ".sql" || entry.path() == root_ / kChecksFile;
  std::error_code error;
  const fs::file_status status = entry.status(error);  // of what a link leads to
  if (fs::is_directory(status)) return ReadFolder(entry.path());
  if (!wanted) return {};
  if (status.type() == fs::file_type::not_found && IsLink(entry.path())) {
    return CannotRead(entry.path(), "it is a link to a file that does not exist");
  }
  if (error) return CannotRead(entry.path(), error);
  return fs::is_regular_file(status) ? ReadText(entry.path()) : Result<void>();
}

Result<void> FolderReader::ReadText(const fs::path& path) {
  errno = 0;
  std::ifstream stream(path, std::ios::binary);
  if (!stream) return CannotRead(path, std::error_code(errno, std::generic_category()));
  // One byte more than allowed tells a file that is too large, whatever its size was a moment ago.
  const std::uintmax_t allowed = std::min(kMaxFileBytes, kMaxTotalBytes - total_);
  std::string text;
  std::error_code error;
  const std::uintmax_t size = fs::file_size(path, error);
  if (!error) text.reserve(std::min(size, allowed) + 1);
  while (stream && text.size() <= allowed) {
    stream.read(block_.data(), static_cast<std::streamsize>(block_.size()));
    text.append(block_, 0, static_cast<std::size_t>(stream.gcount()));
  }
  if (stream.bad()) return CannotRead(path, "the read failed");
  if (text.size() > kMaxFileBytes) {
    return Fail(
        ErrorCode::kInvalid,
        fmt::format("{} is larger than 16 MiB: split it into several revisions", path.string()));
  }
  if (text.size() > allowed) {
    return Fail(ErrorCode::kInvalid,
                fmt::format("the files in {} are larger than 64 MiB together", root_.string()));
  }
  total_ += text.size();
  files_.push_back({path.lexically_relative(root_).generic_string(), std::move(text)});
  return {};
}

}  // namespace

Result<std::vector<SourceFile>> ReadSourceFolder(const std::filesystem::path& folder) {
  return FolderReader(folder).Run();
}

}  // namespace schemaop
