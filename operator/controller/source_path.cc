#include "controller/source_path.h"

#include <algorithm>
#include <deque>
#include <string>
#include <system_error>

namespace schemaop {
namespace {

namespace fs = std::filesystem;

constexpr int kMostLinks = 40;  // as Linux follows in one path

// Whether `inner` is `outer` or below it. Both resolved.
bool IsInside(const fs::path& outer, const fs::path& inner) {
  return std::mismatch(outer.begin(), outer.end(), inner.begin(), inner.end()).first == outer.end();
}

std::string Subject(const fs::path& path) {
  return "spec.migrations.path: \"" + path.generic_string() + "\"";
}

}  // namespace

Result<fs::path> ResolveSourceFolder(const fs::path& root, const fs::path& path) {
  if (root.empty()) {
    return Fail(ErrorCode::kInvalid,
                "spec.migrations.path: this operator has no folder of migrations; start it with "
                "--migrations-root, or use configMaps or inline");
  }
  if (path.is_absolute() || std::find(path.begin(), path.end(), "..") != path.end()) {
    return Fail(ErrorCode::kInvalid,
                Subject(path) +
                    " must be relative to the operator's migrations root and without "
                    "\"..\"");
  }
  std::error_code error;
  const fs::path resolved_root = fs::canonical(root, error);
  if (error) {
    return Fail(ErrorCode::kNotFound, "the operator's --migrations-root \"" + root.string() +
                                          "\" cannot be opened: " + error.message());
  }
  const fs::path folder = fs::canonical(resolved_root / path, error);
  if (error) {
    return Fail(
        error == std::errc::no_such_file_or_directory ? ErrorCode::kNotFound : ErrorCode::kDenied,
        Subject(path) +
            " below the operator's migrations root cannot be opened: " + error.message());
  }
  if (!IsInside(resolved_root, folder)) {
    return Fail(ErrorCode::kInvalid,
                Subject(path) + " leads out of the operator's migrations root through a link");
  }
  return folder;
}

Result<void> CheckFilesInside(const fs::path& root, const fs::path& folder,
                              const std::vector<SourceFile>& files) {
  std::error_code error;
  const fs::path resolved_root = fs::canonical(root, error);
  for (const SourceFile& file : files) {
    const std::string subject = "spec.migrations.path: the file \"" + file.name + "\"";
    const fs::path resolved = error ? fs::path() : fs::canonical(folder / file.name, error);
    if (error == std::errc::no_such_file_or_directory) {
      return Fail(ErrorCode::kConflict, subject + " was removed meanwhile");
    }
    if (error) return Fail(ErrorCode::kDenied, subject + " cannot be opened: " + error.message());
    if (!IsInside(resolved_root, resolved)) {
      return Fail(ErrorCode::kInvalid,
                  subject + " leads out of the operator's migrations root through a link");
    }
  }
  return {};
}

fs::path FollowLinks(const fs::path& path) {
  std::error_code error;
  const fs::path whole = fs::absolute(path, error);
  std::deque<fs::path> left(whole.begin(), whole.end());
  fs::path followed;
  for (int links = 0; !left.empty() && links <= kMostLinks;) {
    const fs::path part = left.front();
    left.pop_front();
    if (part.empty() || part == ".") continue;
    if (part == "..") {
      followed = followed.parent_path();
      continue;
    }
    const fs::path target = fs::read_symlink(followed / part, error);
    if (error) {  // it is no link
      followed /= part;
      continue;
    }
    left.insert(left.begin(), target.begin(), target.end());
    ++links;
  }
  return followed;
}

}  // namespace schemaop
