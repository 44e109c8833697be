#include "controller/reference_index.h"

namespace schemaop {

std::vector<Reference> ReferencesOf(const SchemaVersion& object) {
  if (!object.spec) return {};
  const std::string& namespace_name = object.metadata.namespace_name;
  std::vector<Reference> references{
      {ReferenceKind::kSecret, {namespace_name, object.spec->database.secret.name}}};
  for (const std::string& name : object.spec->migrations.config_maps) {
    references.push_back({ReferenceKind::kConfigMap, {namespace_name, name}});
  }
  return references;
}

void ReferenceIndex::Update(const ObjectKey& key, const SchemaVersion* before,
                            const SchemaVersion* after) {
  const std::lock_guard lock(mutex_);
  if (before != nullptr) {
    for (const Reference& reference : ReferencesOf(*before)) {
      const auto found = dependents_.find(reference);
      if (found == dependents_.end()) continue;
      found->second.erase(key);
      if (found->second.empty()) dependents_.erase(found);
    }
  }
  if (after == nullptr) return;
  for (const Reference& reference : ReferencesOf(*after)) {
    dependents_[reference].insert(key);
  }
}

std::vector<ObjectKey> ReferenceIndex::Dependents(const Reference& reference) const {
  const std::lock_guard lock(mutex_);
  const auto found = dependents_.find(reference);
  if (found == dependents_.end()) return {};
  return {found->second.begin(), found->second.end()};
}

}  // namespace schemaop
