// Which SchemaVersions name which Secrets and ConfigMaps.
#pragma once

#include <compare>
#include <map>
#include <mutex>
#include <set>
#include <vector>

#include "api/object_meta.h"
#include "api/schema_version.h"

namespace schemaop {

enum class ReferenceKind { kSecret, kConfigMap };

// A Secret or ConfigMap that a spec names; always of the SchemaVersion's own namespace.
struct Reference {
  ReferenceKind kind = ReferenceKind::kSecret;
  ObjectKey key;

  auto operator<=>(const Reference&) const = default;
};

// What the spec of `object` names; nothing when it is unusable.
std::vector<Reference> ReferencesOf(const SchemaVersion& object);

// Thread-safe.
class ReferenceIndex {
 public:
  // The SchemaVersion `key` was `before` (null: it is new) and is `after` (null: it is gone).
  void Update(const ObjectKey& key, const SchemaVersion* before, const SchemaVersion* after);

  // Those that name `reference`, in order.
  std::vector<ObjectKey> Dependents(const Reference& reference) const;

 private:
  mutable std::mutex mutex_;
  std::map<Reference, std::set<ObjectKey>> dependents_;
};

}  // namespace schemaop
