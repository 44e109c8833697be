// What a candidate for leadership may write into the lease it sees: decisions without effects.
#pragma once

#include <chrono>
#include <optional>
#include <string>

#include "api/lease.h"
#include "base/error.h"
#include "runtime/boot_clock.h"

namespace schemaop {

// client-go's defaults (tools/leaderelection).
struct LeaseTiming {
  std::chrono::milliseconds duration{15000};        // others wait so long before they take over
  std::chrono::milliseconds renew_deadline{10000};  // a leader that could not renew for so long
                                                    // stops
  std::chrono::milliseconds retry_period{2000};     // between two tries
};

// kInvalid, naming the two, unless duration > renew_deadline > 1.2 x retry_period > 0, and the
// duration is at least a second, the lease's unit.
Result<void> CheckTiming(const LeaseTiming& timing);

// Who asks.
struct Candidate {
  std::string identity;  // unlike any other process's
  std::chrono::seconds duration{};
};

// A lease, and since when (on the own clock) it has looked like that.
struct SeenLease {
  LeaseRecord record;
  BootClock::time_point since;
};

// The record by which `candidate` takes, or keeps, the lease; nothing while another holds it, which
// is until the record has not changed for its own duration on the own clock. The times in a record
// are never compared with any clock, so that clocks may be wrong.
std::optional<LeaseRecord> ClaimOn(const SeenLease& seen, const Candidate& candidate,
                                   BootClock::time_point now, Time wall);

// The record of a lease that does not exist yet.
LeaseRecord FirstClaim(const Candidate& candidate, Time wall);

// The record by which the holder gives the lease back, so that nobody has to wait for its end.
LeaseRecord Released(const LeaseRecord& held, Time wall);

}  // namespace schemaop
