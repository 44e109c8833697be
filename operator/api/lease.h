// A Lease of coordination.k8s.io/v1 as leader election uses it.
#pragma once

#include <chrono>
#include <optional>
#include <string>

#include <nlohmann/json_fwd.hpp>

#include "api/object_meta.h"
#include "base/error.h"
#include "base/time.h"

namespace schemaop {

// spec of a Lease: client-go's LeaderElectionRecord. Its times are for people; nothing is decided
// from them, since they are another machine's.
struct LeaseRecord {
  std::string holder;  // holderIdentity; empty: nobody
  std::chrono::seconds duration{};
  std::optional<Time> acquired;
  std::optional<Time> renewed;
  int transitions = 0;  // how often the holder changed

  bool operator==(const LeaseRecord&) const = default;
};

struct Lease {
  ObjectMeta metadata;
  LeaseRecord record;
};

// Members that are absent or of no use read as their defaults: whoever wrote them, the lease must
// stay usable. kInvalid when it has no name.
Result<Lease> ParseLease(const nlohmann::json& object);

// The object to POST.
nlohmann::json NewLease(const ObjectKey& key, const LeaseRecord& record);

// The merge patch that puts `record` into the lease, refused (409) when it is no longer the one of
// `resource_version`.
nlohmann::json LeasePatch(const std::string& resource_version, const LeaseRecord& record);

}  // namespace schemaop
