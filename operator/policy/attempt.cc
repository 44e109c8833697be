#include "policy/attempt.h"

#include <algorithm>
#include <cstddef>

#include "base/sha256.h"
#include "base/text.h"

namespace schemaop {
namespace {

using std::chrono::milliseconds;

// Long enough for any server's message, short enough for an object that etcd keeps.
constexpr std::size_t kMaxMessage = 2048;

}  // namespace

std::string RequestOf(const ObjectMeta& metadata) {
  const auto found = metadata.annotations.find(std::string(kRequestedAtAnnotation));
  return found == metadata.annotations.end() ? std::string() : found->second;
}

std::string AttemptInputs(const SchemaVersion& object, const Observation& observation) {
  Heads heads = observation.database->heads;
  std::sort(heads.begin(), heads.end());
  // Lengths in front keep two lists of inputs from reading alike.
  std::string inputs;
  for (const std::string& part :
       {object.metadata.uid, std::to_string(object.metadata.generation), RequestOf(object.metadata),
        observation.source->digest, observation.identity->label,
        observation.identity->secret_version, Join(heads, ","),
        std::to_string(observation.database->last_word)}) {
    inputs += std::to_string(part.size()) + ":" + part;
  }
  return Sha256Hex(inputs).substr(0, 32);
}

milliseconds RetryPause(int attempts) {
  constexpr milliseconds kFirst = std::chrono::seconds(2);
  constexpr int kDoublingsToMost = 8;
  const int doublings = std::clamp(attempts - 1, 0, kDoublingsToMost);
  return std::min(kFirst * (1 << doublings), kLongestRetryPause);
}

FailureKind KindOf(const RunReport& report) {
  if (report.failure) {
    return report.failure->retryable ? FailureKind::kTransient : FailureKind::kPermanent;
  }
  const ErrorCode code = report.error ? report.error->code : ErrorCode::kInternal;
  switch (code) {
    case ErrorCode::kConflict:
    case ErrorCode::kBusy:
    case ErrorCode::kUnavailable:
    case ErrorCode::kNotFound:
    case ErrorCode::kCancelled:
    // A COMMIT that nobody could be asked about: the version table tells at the next attempt.
    case ErrorCode::kInDoubt:
      return FailureKind::kTransient;
    case ErrorCode::kInvalid:
    case ErrorCode::kDenied:
    case ErrorCode::kRejected:
    case ErrorCode::kUnsuitable:
    case ErrorCode::kInternal:
      return FailureKind::kPermanent;
  }
  return FailureKind::kPermanent;
}

FailureStatus FailureOf(const SchemaVersion& object, const Observation& seen,
                        const RunReport& report) {
  FailureStatus failure;
  if (report.failure) {
    failure.revision = report.failure->revision;
    failure.file = report.failure->file;
    failure.line = report.failure->line;
    failure.column = report.failure->column;
    failure.statement = report.failure->statement;
    failure.sqlstate = report.failure->sqlstate;
    failure.message = report.failure->message;
    failure.hint = Truncate(report.failure->hint, kMaxMessage);
  }
  if (failure.message.empty() && report.error) failure.message = report.error->message;
  failure.message = Truncate(failure.message, kMaxMessage);
  failure.in_doubt = report.outcome == RunReport::Outcome::kInDoubt;
  failure.retryable = !failure.in_doubt && KindOf(report) == FailureKind::kTransient;
  failure.inputs = AttemptInputs(object, seen);
  const auto& before = object.status.failure;
  failure.attempts = before && before->inputs == failure.inputs ? before->attempts + 1 : 1;
  // Doubt is for a person to settle; a refusal may have had its cause outside of what we see.
  if (failure.retryable) {
    failure.next_retry_time = seen.now + RetryPause(failure.attempts);
  } else if (!failure.in_doubt && object.spec) {
    failure.next_retry_time = seen.now + object.spec->interval;
  }
  if (failure.next_retry_time) {
    // Status keeps whole seconds; rounding up keeps a retry from coming early.
    failure.next_retry_time = std::chrono::ceil<std::chrono::seconds>(*failure.next_retry_time);
  }
  return failure;
}

}  // namespace schemaop
