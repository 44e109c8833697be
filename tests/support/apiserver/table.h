// Tables: what `kubectl get` prints, made by the server.
#pragma once

#include <chrono>
#include <string>
#include <vector>

#include "tests/support/apiserver/resource_type.h"

namespace schemaop::devcluster {

// What rows carry besides their cells.
enum class RowObject { kMetadata, kNone, kObject };

// "5m", "3d2h": apimachinery's duration.HumanDuration. "<invalid>" for negative ones.
std::string HumanDuration(std::chrono::seconds duration);

// A meta.k8s.io/v1 Table of `objects` as of `now`; `list_metadata` becomes its metadata.
Json MakeTable(const ResourceType& type, const std::vector<Json>& objects,
               const Json& list_metadata, RowObject include,
               std::chrono::system_clock::time_point now);

}  // namespace schemaop::devcluster
