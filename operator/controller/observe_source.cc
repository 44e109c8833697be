#include "controller/observe_source.h"

#include <algorithm>
#include <map>
#include <utility>

#include <nlohmann/json.hpp>

#include "base/sha256.h"
#include "controller/api_resources.h"
#include "controller/source_path.h"
#include "engine/check_file.h"
#include "engine/source_folder.h"

namespace schemaop {
namespace {

constexpr int kFolderTries = 3;

// The link that Kubernetes switches when a mounted ConfigMap changes.
constexpr const char* kMountLink = "..data";

Result<ConfigMap> ReadConfigMap(Effects& effects, const ObjectKey& key,
                                const std::stop_token& stop) {
  const std::string subject = "ConfigMap \"" + key.name + "\"";
  const auto object = effects.Get(ObjectPath(ConfigMapResource(), key), stop);
  if (!object && object.error().error.code == ErrorCode::kNotFound) {
    return Fail(ErrorCode::kNotFound, subject + " does not exist in namespace \"" +
                                          key.namespace_name +
                                          "\"; create it or correct spec.migrations.configMaps");
  }
  if (!object) return Fail(WithContext(object.error().error, subject));
  auto config_map = ParseConfigMap(*object);
  if (!config_map) return Fail(WithContext(config_map.error(), subject));
  return config_map;
}

Result<std::vector<SourceFile>> FromConfigMaps(Effects& effects, const std::string& namespace_name,
                                               const std::vector<std::string>& names,
                                               const std::stop_token& stop) {
  std::vector<ConfigMap> config_maps;
  for (const std::string& name : names) {
    auto config_map = ReadConfigMap(effects, {namespace_name, name}, stop);
    if (!config_map) return Fail(config_map.error());
    config_maps.push_back(*std::move(config_map));
  }
  return MergeConfigMaps(config_maps);
}

Result<std::vector<SourceFile>> ReadFolder(const std::filesystem::path& root,
                                           const std::string& path) {
  const auto folder = ResolveSourceFolder(root, path);
  if (!folder) return Fail(folder.error());
  auto files = ReadSourceFolder(*folder);
  if (!files) return Fail(WithContext(files.error(), "spec.migrations.path"));
  if (auto inside = CheckFilesInside(root, *folder, *files); !inside) return Fail(inside.error());
  return files;
}

// git-sync and Kubernetes switch a link to a new version and remove the old one. What was read
// meanwhile is part of two versions, and what could not be read is nobody's mistake.
Result<std::vector<SourceFile>> FromFolder(const std::filesystem::path& root,
                                           const std::string& path) {
  const std::filesystem::path link = root / path / kMountLink;
  for (int tries = 0; tries < kFolderTries; ++tries) {
    const std::filesystem::path before = FollowLinks(link);
    auto files = ReadFolder(root, path);
    if (FollowLinks(link) == before) return files;
  }
  return Fail(ErrorCode::kUnavailable, "spec.migrations.path: \"" + path +
                                           "\" was switched to another version each time that "
                                           "it was read");
}

Result<std::vector<SourceFile>> ReadFiles(Effects& effects, const std::string& namespace_name,
                                          const MigrationsSpec& migrations,
                                          const std::filesystem::path& migrations_root,
                                          const std::stop_token& stop) {
  if (migrations.path) return FromFolder(migrations_root, *migrations.path);
  if (!migrations.config_maps.empty()) {
    return FromConfigMaps(effects, namespace_name, migrations.config_maps, stop);
  }
  std::vector<SourceFile> files;
  for (const auto& [name, text] : migrations.inline_files) files.push_back({name, text});
  return files;
}

}  // namespace

SourceReading ObserveSource(Effects& effects, const std::string& namespace_name,
                            const MigrationsSpec& migrations,
                            const std::filesystem::path& migrations_root,
                            const std::stop_token& stop) {
  auto files = ReadFiles(effects, namespace_name, migrations, migrations_root, stop);
  if (!files) return {Fail(files.error()), std::nullopt};
  std::optional<SourceFile> checks;
  const auto found = std::find_if(files->begin(), files->end(),
                                  [](const SourceFile& file) { return file.name == kChecksFile; });
  if (found != files->end()) checks = *found;
  return {LoadSource(*std::move(files)), std::move(checks)};
}

Result<ObservedChecks> ObserveChecks(const std::optional<SourceFile>& file) {
  if (!file) {
    return Fail(ErrorCode::kNotFound, "spec.checks is true but the source has no file " +
                                          std::string(kChecksFile) +
                                          "; add it, or set spec.checks to false");
  }
  auto list = ParseChecks(file->name, file->text);
  if (!list) return Fail(list.error());
  return ObservedChecks{*std::move(list), Sha256Hex(file->text)};
}

Result<std::vector<SourceFile>> MergeConfigMaps(const std::vector<ConfigMap>& config_maps) {
  std::vector<SourceFile> files;
  std::map<std::string, std::string> owner;  // file name -> ConfigMap
  for (const ConfigMap& config_map : config_maps) {
    for (const auto& [name, text] : config_map.data) {
      const auto [at, is_new] = owner.emplace(name, config_map.metadata.name);
      if (!is_new) {
        return Fail(ErrorCode::kInvalid, "file \"" + name + "\" is in ConfigMap \"" + at->second +
                                             "\" and in ConfigMap \"" + config_map.metadata.name +
                                             "\"; remove or rename one of them");
      }
      files.push_back({name, text});
    }
  }
  return files;
}

}  // namespace schemaop
