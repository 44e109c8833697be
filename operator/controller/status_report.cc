#include "controller/status_report.h"

#include <initializer_list>
#include <string>
#include <utility>

#include <nlohmann/json.hpp>

#include "base/fault_point.h"
#include "base/sha256.h"
#include "controller/api_resources.h"
#include "policy/events.h"

namespace schemaop {
namespace {

constexpr const char* kReadyMetric = "schemaversion_ready";
constexpr const char* kPendingMetric = "schemaversion_pending_steps";
constexpr int kMostTries = 5;  // client-go's RetryOnConflict

MetricLabels LabelsOf(const ObjectKey& key) {
  return {{"namespace", key.namespace_name}, {"name", key.name}};
}

// Without an answer, or with one of a server or proxy that itself waited for one in vain.
bool MayHaveArrived(const ApiError& error) {
  constexpr int kServerErrors = 500;
  return error.http_status == 0 || error.http_status >= kServerErrors;
}

std::string DigestOf(const SchemaVersionStatus& status) { return Sha256Hex(ToJson(status).dump()); }

}  // namespace

void DeclareReportMetrics(Metrics& metrics) {
  metrics.DeclareGauge(kReadyMetric, "Whether the SchemaVersion's condition Ready is True.");
  metrics.DeclareGauge(
      kPendingMetric,
      "Steps between the database and the target; negative for a downgrade, absent while "
      "unknown.");
}

void RemoveReportMetrics(Metrics& metrics, const ObjectKey& key) {
  metrics.RemoveGauge(kReadyMetric, LabelsOf(key));
  metrics.RemoveGauge(kPendingMetric, LabelsOf(key));
}

StatusReport::StatusReport(const ReportChannels& channels, SchemaVersion object)
    : channels_(channels), object_(std::move(object)), written_(object_.status) {}

Result<void> StatusReport::Write(const StatusOf& status_of, const std::stop_token& stop) {
  return Write(status_of, NewerSpec::kTellAnyway, stop);
}

Result<void> StatusReport::Announce(const StatusOf& status_of, const std::stop_token& stop) {
  return Write(status_of, NewerSpec::kGiveUp, stop);
}

Result<void> StatusReport::Write(const StatusOf& status_of, NewerSpec newer_spec,
                                 const std::stop_token& stop) {
  Error conflict;
  for (int tries = 0; tries < kMostTries; ++tries) {
    const SchemaVersionStatus status = status_of(object_);
    const SchemaVersionStatus before = written_;
    const auto changed = TryWrite(status, stop);
    if (changed) {
      object_.status.conditions = status.conditions;
      if (*changed) Tell(before, status);
      const Condition* ready = FindCondition(status.conditions, "Ready");
      const MetricLabels labels = LabelsOf(object_.metadata.key());
      const bool is_ready = ready != nullptr && ready->status == ConditionStatus::kTrue;
      channels_.metrics.SetGauge(kReadyMetric, labels, is_ready ? 1 : 0);
      if (status.pending) {
        channels_.metrics.SetGauge(kPendingMetric, labels, *status.pending);
      } else {
        channels_.metrics.RemoveGauge(kPendingMetric, labels);
      }
      return {};
    }
    if (changed.error().code != ErrorCode::kConflict) return Fail(changed.error());
    conflict = changed.error();
    if (auto read = ReadAgain(newer_spec, stop); !read) return Fail(read.error());
  }
  return Fail(conflict);
}

// Whether the server had to be told.
Result<bool> StatusReport::TryWrite(const SchemaVersionStatus& status,
                                    const std::stop_token& stop) {
  const auto patch = StatusPatch(object_.metadata, written_, status);
  if (!patch) return false;
  SCHEMAOP_FAULT_POINT("controller.status.writing");
  const auto answer = channels_.effects.Patch(
      SubresourcePath(SchemaVersionResource(), object_.metadata.key(), "status"), *patch, stop);
  SCHEMAOP_FAULT_POINT("controller.status.written");
  if (!answer) {
    if (MayHaveArrived(answer.error())) unanswered_.insert(DigestOf(status));
    return Fail(answer.error().error);
  }
  auto metadata = ParseObjectMeta(*answer);
  if (!metadata) return Fail(WithContext(metadata.error(), "answer to a status patch"));
  object_.metadata.resource_version = metadata->resource_version;
  written_ = status;
  unanswered_.clear();
  return true;
}

Result<void> StatusReport::ReadAgain(NewerSpec newer_spec, const std::stop_token& stop) {
  const auto answer =
      channels_.effects.Get(ObjectPath(SchemaVersionResource(), object_.metadata.key()), stop);
  if (!answer) return Fail(answer.error().error);
  SCHEMAOP_FAULT_POINT("controller.status.reread");
  auto live = ParseSchemaVersion(*answer);
  if (!live) return Fail(live.error());
  if (live->metadata.uid != object_.metadata.uid) {
    return Fail(ErrorCode::kNotFound, "another object has taken the name");
  }
  // What it told of is no news in the next patch.
  const bool ours = unanswered_.count(DigestOf(live->status)) > 0;
  unanswered_.clear();
  if (ours) Tell(written_, live->status);
  if (live->status.observed_generation > object_.metadata.generation) {
    return Fail(ErrorCode::kConflict, "status tells of a newer spec already");
  }
  // It was taken after this visit's look at the database, whose history is missing it.
  if (!ours && live->status.last_applied != written_.last_applied) {
    return Fail(ErrorCode::kConflict, "another process tells of a step by now");
  }
  const bool same_spec = live->metadata.generation == object_.metadata.generation;
  if (!same_spec && newer_spec == NewerSpec::kGiveUp) {
    return Fail(ErrorCode::kConflict, "the spec is another by now");
  }
  // The generation stays that of the spec that was handled: status tells of no other.
  object_.metadata.resource_version = live->metadata.resource_version;
  object_.status = live->status;
  written_ = std::move(live->status);
  return {};
}

void StatusReport::Tell(const SchemaVersionStatus& before, const SchemaVersionStatus& after) const {
  const Condition* was = FindCondition(before.conditions, "Ready");
  const Condition* is = FindCondition(after.conditions, "Ready");
  if (is != nullptr &&
      (was == nullptr || was->reason != is->reason || was->message != is->message)) {
    const std::initializer_list<LogField> fields = {
        {"schemaversion", ToString(object_.metadata.key())},
        {"reason", is->reason},
        {"status_message", is->message},
        {"generation", object_.metadata.generation}};
    if (FindCondition(after.conditions, "Stalled") != nullptr) {
      channels_.logger.Warning("status changed", fields);
    } else {
      channels_.logger.Info("status changed", fields);
    }
  }
  // Status says it already, and nobody would tell it later: so even when stopping, within the
  // client's deadline.
  channels_.events.Post(object_.metadata, EventsFor(before, after), std::stop_token());
}

}  // namespace schemaop
