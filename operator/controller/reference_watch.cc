#include "controller/reference_watch.h"

#include <utility>

#include <nlohmann/json.hpp>

#include "controller/api_resources.h"

namespace schemaop {
namespace {

Result<WatchedObject> ParseWatched(const nlohmann::json& object) {
  auto metadata = ParseObjectMeta(object);
  if (!metadata) return Fail(std::move(metadata).error());
  WatchedObject watched;
  watched.metadata.namespace_name = std::move(metadata->namespace_name);
  watched.metadata.name = std::move(metadata->name);
  watched.metadata.resource_version = std::move(metadata->resource_version);
  return watched;
}

// A relist hands out what is as it was, too. What is there at the start is no news: each object's
// first visit, which has a time of its own, reads it.
bool IsNews(const Change<WatchedObject>& change) {
  if (change.initial) return false;
  return !change.before || !change.after ||
         change.before->metadata.resource_version != change.after->metadata.resource_version;
}

}  // namespace

ReferenceWatch::ReferenceWatch(const ReferenceWatchOptions& options, KubeClient& client,
                               const ReferenceIndex& index, WorkQueue& queue,
                               const Logger& logger) {
  for (const ReferenceKind kind : options.kinds) {
    for (const std::string& namespace_name : options.namespaces) {
      const bool is_secret = kind == ReferenceKind::kSecret;
      ReflectorOptions reflector;
      reflector.resource = is_secret ? SecretResource() : ConfigMapResource();
      reflector.namespace_name = namespace_name;
      reflector.label_selector = options.label_selector;
      reflector.representation = Representation::kMetadata;
      reflectors_.push_back(MakeReflector<WatchedObject>(
          client, std::move(reflector), is_secret ? secrets_ : config_maps_, ParseWatched,
          [kind, &index, &queue](const Change<WatchedObject>& change) {
            if (!IsNews(change)) return;
            for (const ObjectKey& key : index.Dependents({kind, change.key})) queue.Add(key);
          },
          logger));
    }
  }
}

}  // namespace schemaop
