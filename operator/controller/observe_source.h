// Observing the source: ConfigMaps, inline files or a folder, read anew at each visit.
#pragma once

#include <filesystem>
#include <optional>
#include <stop_token>
#include <string>
#include <vector>

#include "api/schema_version.h"
#include "api/secret.h"
#include "base/error.h"
#include "controller/effects.h"
#include "policy/observation.h"
#include "revision/source.h"

namespace schemaop {

// What a source holds.
struct SourceReading {
  Result<Source> source;
  std::optional<SourceFile> checks;  // checks.yaml; nullopt when there is none, or nothing was read
};

// The revisions that `migrations` names. Objects are read from `namespace_name` only. Errors name
// the object and what to do: kNotFound, kDenied and kInvalid need a person; kUnavailable and
// kConflict pass.
SourceReading ObserveSource(Effects& effects, const std::string& namespace_name,
                            const MigrationsSpec& migrations,
                            const std::filesystem::path& migrations_root,
                            const std::stop_token& stop);

// The checks of `file`; kNotFound without one, else as ParseChecks.
Result<ObservedChecks> ObserveChecks(const std::optional<SourceFile>& file);

// The entries of several ConfigMaps as one bundle. kInvalid, naming both ConfigMaps, when two hold
// the same file name.
Result<std::vector<SourceFile>> MergeConfigMaps(const std::vector<ConfigMap>& config_maps);

}  // namespace schemaop
