// Discovery: which groups, versions and kinds there are, in the old form and the aggregated one.
#pragma once

#include <string>

#include "tests/support/apiserver/resource_type.h"

namespace schemaop::devcluster {

Json VersionInfo();

// /api and /apis as APIVersions and APIGroupList.
Json CoreVersions(const std::string& address);
Json GroupList(const Registry& registry);
// /apis/GROUP; null when there is no such group.
Json Group(const Registry& registry, const std::string& group);
// /api/v1 and /apis/GROUP/VERSION as APIResourceList; null when there is none.
Json ResourceList(const Registry& registry, const std::string& group, const std::string& version);

// /api (`core`) or /apis as apidiscovery.k8s.io APIGroupDiscoveryList; `version` is v2 or v2beta1.
Json AggregatedDiscovery(const Registry& registry, const std::string& version, bool core);

}  // namespace schemaop::devcluster
