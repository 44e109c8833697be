// Observing the source: ConfigMaps, inline files or a folder, read anew at each visit.
#pragma once

#include <filesystem>
#include <stop_token>
#include <string>
#include <vector>

#include "api/schema_version.h"
#include "api/secret.h"
#include "base/error.h"
#include "kube/client.h"
#include "revision/source.h"

namespace schemaop {

// The revisions that `migrations` names. Objects are read from `namespace_name` only. Errors name
// the object and what to do: kNotFound, kDenied and kInvalid need a person; kUnavailable passes.
Result<Source> ObserveSource(KubeClient& client, const std::string& namespace_name,
                             const MigrationsSpec& migrations,
                             const std::filesystem::path& migrations_root, std::stop_token stop);

// The entries of several ConfigMaps as one bundle. kInvalid, naming both ConfigMaps, when two hold
// the same file name.
Result<std::vector<SourceFile>> MergeConfigMaps(const std::vector<ConfigMap>& config_maps);

}  // namespace schemaop
