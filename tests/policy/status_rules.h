// The rules every status must keep, whatever led to it: the Kubernetes API conventions on
// conditions and kstatus' reading of them.
#pragma once

#include <optional>
#include <string>

#include "api/schema_version.h"

namespace schemaop {

// What kstatus makes of an object (cli-utils, pkg/kstatus/status/generic.go).
enum class KStatus { kInProgress, kFailed, kCurrent };
KStatus KStatusOf(const SchemaVersionStatus& status, std::int64_t generation);

// The first rule that `after`, written for an object of `generation` after `before`, breaks;
// nullopt when it keeps all.
std::optional<std::string> BrokenRule(const SchemaVersionStatus& before,
                                      const SchemaVersionStatus& after, std::int64_t generation);

}  // namespace schemaop
