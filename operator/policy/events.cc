#include "policy/events.h"

#include <algorithm>
#include <iterator>
#include <optional>
#include <string_view>

#include "policy/drift.h"
#include "policy/message.h"
#include "policy/reason.h"
#include "policy/verification.h"

namespace schemaop {
namespace {

struct ReadyWords {
  std::string_view reason;
  std::string_view message;
};

ReadyWords ReadyOf(const SchemaVersionStatus& status) {
  const Condition* ready = FindCondition(status.conditions, "Ready");
  if (ready == nullptr) return {};
  return {ready->reason, ready->message};
}

// What it found may hold the server's words.
constexpr const char* kRehearsalNote =
    "the rehearsal in a scratch database went wrong, so nothing is run; .status.rehearsal says why";

bool Says(const ReadyWords& words, Reason reason) { return words.reason == TraitsOf(reason).name; }

// The applied steps that `after` tells of and `before` does not.
std::vector<AppliedStatus> NewlyApplied(const SchemaVersionStatus& before,
                                        const SchemaVersionStatus& after) {
  std::vector<AppliedStatus> fresh;
  std::copy_if(after.history.begin(), after.history.end(), std::back_inserter(fresh),
               [&](const AppliedStatus& applied) {
                 return !before.last_applied || applied.sequence > before.last_applied->sequence;
               });
  return fresh;
}

EventNote AppliedNote(const AppliedStatus& applied, const std::string& database) {
  const bool up = applied.direction == ShowDirection(Direction::kUpgrade);
  return {EventNote::Type::kNormal, up ? "RevisionApplied" : "RevisionReverted", "Migrate",
          (up ? "applied revision " : "reverted revision ") + applied.revision + " on " + database +
              " in " + applied.duration};
}

// A failed attempt told without the server's words.
EventNote FailureNote(Reason reason, const SchemaVersionStatus& after) {
  const std::string place = FailurePlace(*after.failure);
  return {EventNote::Type::kWarning, std::string(TraitsOf(reason).name), "Migrate",
          (place.empty() ? "the migration" : place) + " failed on " + after.database +
              "; .status.failure says why"};
}

bool IsAnotherFailure(const SchemaVersionStatus& before, const SchemaVersionStatus& after) {
  return !before.failure || before.failure->inputs != after.failure->inputs ||
         FailurePlace(*before.failure) != FailurePlace(*after.failure);
}

// Whether an attempt was made that `before` does not tell of.
bool FailedAnew(const SchemaVersionStatus& before, const SchemaVersionStatus& after) {
  return IsAnotherFailure(before, after) || before.failure->attempts != after.failure->attempts;
}

// The event of a failed attempt; only the first of a row of transient ones is told.
std::optional<EventNote> FailedAttempt(const SchemaVersionStatus& before,
                                       const SchemaVersionStatus& after) {
  if (after.failure->in_doubt || !after.failure->retryable) {
    if (!FailedAnew(before, after)) return std::nullopt;
    return FailureNote(after.failure->in_doubt ? Reason::kInDoubt : Reason::kMigrationFailed,
                       after);
  }
  if (!IsAnotherFailure(before, after)) return std::nullopt;
  return FailureNote(Reason::kRetrying, after);
}

// The event of a Ready condition that says something new about the world. A passing obstacle is
// told when it appears, whatever its words do afterwards; what a person must correct is told again
// when the words change.
std::optional<EventNote> Verdict(const ReadyWords& was, const ReadyWords& is) {
  const bool turned = was.reason != is.reason;
  const EventNote normal{EventNote::Type::kNormal, std::string(is.reason), "Observe",
                         std::string(is.message)};
  EventNote warning = normal;
  warning.type = EventNote::Type::kWarning;
  if (is.reason.empty() || Says(is, Reason::kMigrating) || Says(is, Reason::kRehearsing)) {
    return std::nullopt;
  }
  if (Says(is, Reason::kUpToDate) || Says(is, Reason::kSuspended)) {
    return turned ? std::optional(normal) : std::nullopt;
  }
  if (Says(is, Reason::kWaitingForLock) || Says(is, Reason::kDatabaseUnreachable) ||
      Says(is, Reason::kRetrying)) {
    return turned ? std::optional(warning) : std::nullopt;
  }
  if (!turned && was.message == is.message) return std::nullopt;
  if (Says(is, Reason::kRehearsalFailed)) warning.note = kRehearsalNote;
  if (!Says(is, Reason::kAwaitingApproval)) return warning;
  EventNote approval = normal;
  approval.reason = "ApprovalRequired";
  return approval;
}

// What became of the checks, when it is something else than before. Which ones do not hold stands
// in the condition, with values that are no event's.
std::optional<EventNote> Verification(const SchemaVersionStatus& before,
                                      const SchemaVersionStatus& after) {
  const Condition* was = FindCondition(before.conditions, kVerified);
  const Condition* is = FindCondition(after.conditions, kVerified);
  if (is == nullptr || is->status == ConditionStatus::kUnknown) return std::nullopt;
  const bool told = was != nullptr && was->status == is->status && was->reason == is->reason;
  if (told && before.checks == after.checks) return std::nullopt;
  const bool holds = is->status == ConditionStatus::kTrue;
  EventNote note{holds ? EventNote::Type::kNormal : EventNote::Type::kWarning, is->reason, "Verify",
                 "the checks hold on " + after.database};
  if (is->reason == kCheckFailed) {
    note.note = std::to_string(after.checks ? after.checks->failed : 0) + " of " +
                std::to_string(after.checks ? after.checks->total : 0) + " checks do not hold on " +
                after.database + "; the condition Verified names them";
  } else if (!holds) {
    note.note =
        "the checks cannot be run on " + after.database + "; the condition Verified says why";
  }
  return note;
}

bool TellsOfAttempt(const ReadyWords& is, const SchemaVersionStatus& after) {
  return after.failure && (Says(is, Reason::kMigrationFailed) || Says(is, Reason::kInDoubt) ||
                           Says(is, Reason::kRetrying));
}

// The part of the condition Drifted that names objects: its SQL is no word for an Event.
std::string DriftWords(const Condition& drifted) {
  return drifted.message.substr(0, drifted.message.find(";"));
}

// Told when the schema turns out to have drifted, when other objects have, and when none has any
// more.
std::optional<EventNote> DriftNote(const SchemaVersionStatus& before,
                                   const SchemaVersionStatus& after) {
  const Condition* was = FindCondition(before.conditions, kDrifted);
  const Condition* is = FindCondition(after.conditions, kDrifted);
  const bool drifted = was != nullptr && was->status == ConditionStatus::kTrue;
  if (is == nullptr || is->status == ConditionStatus::kUnknown) return std::nullopt;
  if (is->status == ConditionStatus::kFalse) {
    if (!drifted) return std::nullopt;
    return EventNote{EventNote::Type::kNormal, "DriftGone", "Observe", is->message};
  }
  if (drifted && DriftWords(*was) == DriftWords(*is)) return std::nullopt;
  return EventNote{EventNote::Type::kWarning, "Drifted", "Observe", DriftWords(*is)};
}

}  // namespace

EventNote BaselineNote(const Observation& observation, const Goal& baseline) {
  return {EventNote::Type::kNormal, "Baselined", "Stamp",
          AdoptingMessage(observation, baseline) + "; nothing was run"};
}

std::vector<EventNote> EventsFor(const SchemaVersionStatus& before,
                                 const SchemaVersionStatus& after) {
  std::vector<EventNote> notes;
  const ReadyWords was = ReadyOf(before);
  const ReadyWords is = ReadyOf(after);
  if (Says(is, Reason::kMigrating) && !Says(was, Reason::kMigrating)) {
    notes.push_back(
        {EventNote::Type::kNormal, "MigrationStarted", "Migrate", std::string(is.message)});
  }
  // The ledger of a database that was there before the object, or before the object led to it, or
  // before it was first read, is no news.
  if (!before.current_revision.empty() && before.database == after.database) {
    for (const AppliedStatus& applied : NewlyApplied(before, after)) {
      notes.push_back(AppliedNote(applied, after.database));
    }
  }
  const std::optional<EventNote> verdict =
      TellsOfAttempt(is, after) ? FailedAttempt(before, after) : Verdict(was, is);
  if (verdict) notes.push_back(*verdict);
  if (auto drift = DriftNote(before, after)) notes.push_back(*std::move(drift));
  if (const auto verified = Verification(before, after)) notes.push_back(*verified);
  return notes;
}

}  // namespace schemaop
