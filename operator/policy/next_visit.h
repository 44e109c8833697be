// When to look at an object again although nothing about it was announced. Pure.
#pragma once

#include <chrono>

#include "api/schema_version.h"
#include "policy/observation.h"

namespace schemaop {

// The longest time until the next visit of an object that is not as it should be.
inline constexpr std::chrono::milliseconds kLongestPause = std::chrono::seconds(60);

// What an object's last verdict makes of the next visit.
//   settled: min(interval, 30 s). The source and the Secret are read again, the database only every
//   interval.
//   stalled or waiting: 10 s growing to 60 s with the time it has stood so, so that a correction is
//   noticed.
//   transient: at status.failure.nextRetryTime, within 5 min whatever it says; else 2 s growing to
//   60 s.
//   checks not run yet: the same, at most min(interval, 30 s).
// Growth comes from the condition's lastTransitionTime: the past is in status, not in the process.
// `now` is the time of the visit; `interval` is spec.interval (its default when the spec is
// unusable).
std::chrono::milliseconds NextVisit(const SchemaVersionStatus& status,
                                    std::chrono::milliseconds interval, Time now);

// Whether status has a verdict, good or bad, on what the object is now, as far as that can be seen
// without its database: then it stands while the object waits for its turn there. REQUIRES: a
// usable spec; source and Secret of `observation` were read.
bool HasVerdict(const SchemaVersion& object, const Observation& observation);

// How long a program that has just started waits before it looks at one of the `fleet` objects that
// were there already. Not at all when there is work to do; a settled one only has to be compared
// with its database, which a fleet does at no more than 100 a second (and within 30 s), so that a
// restart is no storm on the servers. `seed` differs between objects.
std::chrono::milliseconds FirstVisit(const SchemaVersion& object, std::size_t fleet,
                                     std::size_t seed);

// `delay` lengthened by a part that differs between objects and is the same for one object: up to a
// tenth, by `seed`, so that a thousand objects of one start do not stay in step.
std::chrono::milliseconds Spread(std::chrono::milliseconds delay, std::size_t seed);

}  // namespace schemaop
