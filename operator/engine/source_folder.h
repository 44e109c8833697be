// Reading a folder of revision files into a bundle.
#pragma once

#include <filesystem>
#include <vector>

#include "base/error.h"
#include "revision/source.h"

namespace schemaop {

// Every regular `*.sql` file below `folder`, sub-folders included, and its `checks.yaml`; hidden
// ones (".git", "..data") skipped, symbolic links to files followed (Kubernetes mounts ConfigMaps
// that way) but never out of a loop. kNotFound when the folder does not exist, kDenied when
// something cannot be read, kConflict when something was removed while it was read, kInvalid above
// the size bounds (16 MiB a file, 64 MiB in all).
Result<std::vector<SourceFile>> ReadSourceFolder(const std::filesystem::path& folder);

}  // namespace schemaop
