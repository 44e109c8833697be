#include "runtime/lease_bid.h"

#include <utility>

namespace schemaop {

// A leader's own last write is most likely still the newest: one request instead of two.
LeaseBid::Call LeaseBid::Begin(BootClock::time_point now, Time wall) {
  if (seen_ && seen_->record.holder == self_.identity) {
    if (auto claim = ClaimOn(*seen_, self_, now, wall)) {
      stage_ = Stage::kRenewing;
      return Write{*std::move(claim), version_};
    }
  }
  stage_ = Stage::kReading;
  return Read{};
}

std::variant<LeaseBid::Call, LeaseBid::Outcome> LeaseBid::After(const ApiResult<Lease>& answer,
                                                                BootClock::time_point now,
                                                                Time wall) {
  if (!answer) {
    if (stage_ == Stage::kRenewing) {
      stage_ = Stage::kReading;
      return Read{};
    }
    if (stage_ == Stage::kReading && answer.error().error.code == ErrorCode::kNotFound) {
      stage_ = Stage::kCreating;
      return Create{FirstClaim(self_, wall)};
    }
    return Outcome::kUnreachable;
  }
  Note(*answer, now);
  if (stage_ != Stage::kReading) return Outcome::kHeld;
  auto claim = ClaimOn(*seen_, self_, now, wall);
  if (!claim) return Outcome::kNotHeld;
  stage_ = Stage::kClaiming;
  return Write{*std::move(claim), version_};
}

std::optional<LeaseBid::Write> LeaseBid::Release(Time wall) const {
  if (!seen_ || seen_->record.holder != self_.identity) return std::nullopt;
  return Write{Released(seen_->record, wall), version_};
}

void LeaseBid::Note(const Lease& lease, BootClock::time_point now) {
  version_ = lease.metadata.resource_version;
  if (!seen_ || seen_->record != lease.record) seen_ = SeenLease{lease.record, now};
}

}  // namespace schemaop
