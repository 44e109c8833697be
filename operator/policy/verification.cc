#include "policy/verification.h"

#include <algorithm>
#include <string>
#include <utility>
#include <vector>

#include "base/sha256.h"
#include "base/text.h"
#include "policy/attempt.h"
#include "policy/reason.h"

namespace schemaop {
namespace {

// What a condition's message tells of; the rest is counted.
constexpr std::size_t kMostChecksNamed = 5;
constexpr std::size_t kLongestVerdict = 4096;

// REQUIRES: a spec, and observation.checks.
std::string InputsOf(const SchemaVersionStatus& status, const SchemaVersion& object,
                     const Observation& observation) {
  const DatabaseSpec& database = object.spec->database;
  std::string inputs;
  for (const std::string& part :
       {object.metadata.uid, RequestOf(object.metadata), (*observation.checks)->digest,
        status.database, status.current_revision,
        status.last_applied ? std::to_string(status.last_applied->sequence) : std::string(),
        database.role.value_or(""), Join(database.search_path, ",")}) {
    inputs += std::to_string(part.size()) + ":" + part;
  }
  return Sha256Hex(inputs).substr(0, 32);
}

void Say(SchemaVersionStatus& status, const SchemaVersion& object, Time now, ConditionStatus value,
         std::string_view reason, std::string message) {
  SetCondition(status.conditions, {std::string(kVerified), value, std::string(reason),
                                   std::move(message), object.metadata.generation, now});
}

void Forget(SchemaVersionStatus& status) {
  RemoveCondition(status.conditions, kVerified);
  status.checks.reset();
}

// What was found for an earlier spec says nothing of this one, which nothing was looked at for yet.
void KeepUnseen(SchemaVersionStatus& status, const SchemaVersion& object, Time now) {
  const Condition* verified = FindCondition(status.conditions, kVerified);
  if (verified == nullptr || verified->observed_generation == object.metadata.generation) return;
  status.checks.reset();
  Say(status, object, now, ConditionStatus::kUnknown, kChecksPending,
      "the checks were last run for another spec; they will be run when the source and the "
      "database "
      "can be read and the database is at the target");
}

// The same words, of the generation that was looked at.
void Keep(SchemaVersionStatus& status, const SchemaVersion& object, Time now) {
  const Condition* verified = FindCondition(status.conditions, kVerified);
  if (verified == nullptr) return;
  const Condition same = *verified;
  Say(status, object, now, same.status, same.reason, same.message);
}

bool Says(const SchemaVersionStatus& status, std::string_view reason) {
  const Condition* verified = FindCondition(status.conditions, kVerified);
  return verified != nullptr && verified->reason == reason;
}

std::string CountChecks(std::size_t count) {
  return std::to_string(count) + (count == 1 ? " check" : " checks");
}

std::string FailedMessage(const CheckReport& report, const std::vector<CheckResult>& failing) {
  std::vector<std::string> lines;
  for (std::size_t i = 0; i < std::min(failing.size(), kMostChecksNamed); ++i) {
    lines.push_back(DescribeResult(failing[i]));
  }
  if (failing.size() > kMostChecksNamed) {
    lines.push_back("and " + std::to_string(failing.size() - kMostChecksNamed) + " more");
  }
  return Truncate(std::to_string(failing.size()) + " of " + CountChecks(report.results.size()) +
                      (failing.size() == 1 ? " does" : " do") + " not hold: " + Join(lines, "; "),
                  kLongestVerdict);
}

}  // namespace

void RecordVerification(SchemaVersionStatus& status, const SchemaVersion& object,
                        const Observation& observation) {
  if (object.spec && !object.spec->checks) return Forget(status);
  if (!observation.checks || !observation.database) {
    return KeepUnseen(status, object, observation.now);
  }
  const auto say = [&](ConditionStatus value, std::string_view reason, std::string message) {
    status.checks.reset();
    Say(status, object, observation.now, value, reason, std::move(message));
  };
  if (!*observation.checks) {
    return say(ConditionStatus::kFalse, kChecksInvalid, observation.checks->error().message);
  }
  const bool at_target = status.pending == 0;
  const bool judged =
      status.checks && status.checks->inputs == InputsOf(status, object, observation);
  if (at_target && (judged || Says(status, kChecksNotRun))) {
    return Keep(status, object, observation.now);
  }
  say(ConditionStatus::kUnknown, kChecksPending,
      CountChecks((*observation.checks)->list.checks.size()) + " of " +
          (*observation.checks)->list.file + " will be run when the database is at the target");
}

bool ChecksAreDue(const SchemaVersionStatus& status, const Observation& observation) {
  const Condition* ready = FindCondition(status.conditions, "Ready");
  const Condition* verified = FindCondition(status.conditions, kVerified);
  return observation.checks && *observation.checks && ready != nullptr && verified != nullptr &&
         ready->reason == TraitsOf(Reason::kUpToDate).name &&
         verified->status == ConditionStatus::kUnknown;
}

SchemaVersionStatus VerifiedStatus(SchemaVersionStatus status, const SchemaVersion& object,
                                   const Observation& observation,
                                   const Result<CheckReport>& report) {
  const Time now = observation.now;
  if (!report && PassesByItself(report.error())) {
    Say(status, object, now, ConditionStatus::kUnknown, kChecksNotRun,
        "the checks could not be run on " + status.database + ": " + report.error().message +
            "; they are tried again with pauses of up to 1m");
    return status;
  }
  ChecksStatus checks{.inputs = InputsOf(status, object, observation), .total = 0, .failed = 0};
  checks.total = static_cast<int>((*observation.checks)->list.checks.size());
  if (!report) {
    checks.failed = checks.total;
    Say(status, object, now, ConditionStatus::kFalse, kChecksInvalid,
        "the checks cannot be run on " + status.database + ": " + report.error().message);
  } else if (const auto failing = Failing(*report); !failing.empty()) {
    checks.failed = static_cast<int>(failing.size());
    Say(status, object, now, ConditionStatus::kFalse, kCheckFailed,
        FailedMessage(*report, failing) + "; correct it, then change the annotation " +
            std::string(kRequestedAtAnnotation));
  } else {
    Say(status, object, now, ConditionStatus::kTrue, kChecksPassed,
        CountChecks(report->results.size()) +
            (report->results.size() == 1 ? " holds on " : " hold on ") + status.database + " at " +
            status.current_revision);
  }
  status.checks = std::move(checks);
  return status;
}

}  // namespace schemaop
