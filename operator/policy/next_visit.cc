#include "policy/next_visit.h"

#include <algorithm>

#include "policy/attempt.h"
#include "policy/reason.h"
#include "revision/plan.h"

namespace schemaop {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

// As long as it has lasted already, which doubles the distance from visit to visit.
milliseconds Patience(const Condition& condition, Time now, milliseconds least, milliseconds most) {
  const auto lasted =
      std::chrono::duration_cast<milliseconds>(now - condition.last_transition_time);
  return std::clamp(lasted, least, most);
}

// Whether status says Ready=True of the object's newest generation.
bool IsSettled(const SchemaVersion& object) {
  const Condition* ready = FindCondition(object.status.conditions, "Ready");
  return ready != nullptr && ready->status == ConditionStatus::kTrue &&
         object.status.observed_generation == object.metadata.generation;
}

}  // namespace

milliseconds NextVisit(const SchemaVersionStatus& status, milliseconds interval, Time now) {
  constexpr milliseconds kSourceReread = seconds(30);
  constexpr milliseconds kGentle = seconds(10);
  constexpr milliseconds kFirst = seconds(2);
  const milliseconds settled = std::min(interval, kSourceReread);
  std::optional<milliseconds> retry;
  if (status.failure && status.failure->next_retry_time && *status.failure->next_retry_time > now) {
    retry = std::chrono::ceil<milliseconds>(*status.failure->next_retry_time - now);
  }
  if (const Condition* reconciling = FindCondition(status.conditions, "Reconciling")) {
    const bool retrying = reconciling->reason == "Retrying" && status.failure;
    // The failure need not be what Retrying is about; a look before its time does nothing.
    return retrying && retry ? std::min(*retry, kLongestPause)
                             : Patience(*reconciling, now, kFirst, kLongestPause);
  }
  if (const Condition* stalled = FindCondition(status.conditions, "Stalled")) {
    const milliseconds patience = Patience(*stalled, now, kGentle, kLongestPause);
    return retry ? std::min(patience, *retry) : patience;
  }
  const Condition* ready = FindCondition(status.conditions, "Ready");
  if (ready != nullptr && ready->status == ConditionStatus::kFalse &&
      ready->reason == "AwaitingApproval") {
    return Patience(*ready, now, kGentle, kLongestPause);
  }
  const Condition* verified = FindCondition(status.conditions, "Verified");
  if (verified != nullptr && verified->status == ConditionStatus::kUnknown) {
    return std::min(settled, Patience(*verified, now, kFirst, kLongestPause));
  }
  return settled;
}

bool HasVerdict(const SchemaVersion& object, const Observation& observation) {
  const SchemaVersionStatus& status = object.status;
  const Condition* ready = FindCondition(status.conditions, "Ready");
  if (ready == nullptr || FindCondition(status.conditions, "Reconciling") != nullptr) return false;
  // What could not be read then has been read now; but several heads are SourceInvalid, too.
  const auto says = [&](Reason reason) { return ready->reason == TraitsOf(reason).name; };
  const Source& source = *observation.source;
  if (says(Reason::kSpecInvalid) || says(Reason::kSecretInvalid)) return false;
  if (says(Reason::kSourceInvalid) && ResolveGoal(*source.graph, object.spec->target_revision)) {
    return false;
  }
  return status.observed_generation == object.metadata.generation &&
         status.last_handled_request == RequestOf(object.metadata) &&
         status.database == observation.identity->label && status.source &&
         status.source->digest == source.digest;
}

milliseconds FirstVisit(const SchemaVersion& object, std::size_t fleet, std::size_t seed) {
  constexpr milliseconds kEach(10);
  constexpr milliseconds kMost = seconds(30);
  if (!IsSettled(object)) return milliseconds(0);
  const milliseconds span = std::min(kEach * static_cast<milliseconds::rep>(fleet), kMost);
  return milliseconds(static_cast<milliseconds::rep>(seed % 1000) * span.count() / 1000);
}

milliseconds Spread(milliseconds delay, std::size_t seed) {
  constexpr std::size_t kParts = 1000;
  return delay + delay / 10 * static_cast<milliseconds::rep>(seed % kParts) /
                     static_cast<milliseconds::rep>(kParts);
}

}  // namespace schemaop
