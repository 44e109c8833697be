// Where spec.migrations.path may look: below the operator's migrations root and nowhere else.
#pragma once

#include <filesystem>
#include <vector>

#include "base/error.h"
#include "revision/source.h"

namespace schemaop {

// The folder that `path` names below `root`, with every symbolic link resolved. kInvalid when there
// is no root, the path is absolute, holds ".." or leads out of the root through a link; kNotFound
// when it does not exist, kDenied when it may not be read.
Result<std::filesystem::path> ResolveSourceFolder(const std::filesystem::path& root,
                                                  const std::filesystem::path& path);

// kInvalid, naming the file, when one of `files` (names relative to `folder`) is a link that leads
// out of `root`; kConflict when one is not there any more, kDenied when one may not be looked at.
Result<void> CheckFilesInside(const std::filesystem::path& root,
                              const std::filesystem::path& folder,
                              const std::vector<SourceFile>& files);

// `path` with what each link in it says in its place, whether or not that is there: another when a
// link has been switched.
std::filesystem::path FollowLinks(const std::filesystem::path& path);

}  // namespace schemaop
