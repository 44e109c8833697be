// When to look at an object again although nothing about it was announced. Pure.
#pragma once

#include <chrono>

#include "api/schema_version.h"

namespace schemaop {

// What an object's last verdict makes of the next visit.
//   settled              min(interval, 30 s): the source and the Secret are read again, the
//   database only every interval stalled or waiting   10 s growing to 60 s with the time it has
//   stood so, so that a correction is noticed transient            at status.failure.nextRetryTime,
//   else 2 s growing to 60 s
// Growth comes from the condition's lastTransitionTime: the past is in status, not in the process.
// `now` is the time of the visit; `interval` is spec.interval (its default when the spec is
// unusable).
std::chrono::milliseconds NextVisit(const SchemaVersionStatus& status,
                                    std::chrono::milliseconds interval, Time now);

// `delay` lengthened by a part that differs between objects and is the same for one object: up to a
// tenth, by `seed`, so that a thousand objects of one start do not stay in step.
std::chrono::milliseconds Spread(std::chrono::milliseconds delay, std::size_t seed);

}  // namespace schemaop
