// One try after another at a lease: which call comes next, and what its answer means. Decisions
// without effects.
#pragma once

#include <optional>
#include <string>
#include <utility>
#include <variant>

#include "api/lease.h"
#include "kube/api_error.h"
#include "runtime/boot_clock.h"
#include "runtime/lease_claim.h"

namespace schemaop {

// Remembers the lease as it was seen last, and since when. Not thread-safe.
class LeaseBid {
 public:
  explicit LeaseBid(Candidate self) : self_(std::move(self)) {}

  // The calls a try consists of.
  struct Read {};
  struct Create {
    LeaseRecord record;
  };
  struct Write {
    LeaseRecord record;
    std::string version;  // of the lease it replaces
  };
  using Call = std::variant<Read, Create, Write>;

  enum class Outcome { kHeld, kNotHeld, kUnreachable };

  // The first call of a try.
  Call Begin(BootClock::time_point now, Time wall);

  // What follows the answer to the last call.
  std::variant<Call, Outcome> After(const ApiResult<Lease>& answer, BootClock::time_point now,
                                    Time wall);

  // The call that gives the lease back; nothing when it is not held.
  std::optional<Write> Release(Time wall) const;

  // Takes note of a lease that was read or written outside of a try.
  void Note(const Lease& lease, BootClock::time_point now);

  // Who held it last; empty: nobody.
  std::string holder() const { return seen_ ? seen_->record.holder : std::string(); }

 private:
  enum class Stage { kRenewing, kReading, kCreating, kClaiming };

  Candidate self_;
  Stage stage_ = Stage::kReading;
  std::optional<SeenLease> seen_;
  std::string version_;  // of the lease seen
};

}  // namespace schemaop
