// .status to JSON and back, and the patch between two of them.
#include <limits>
#include <string>
#include <utility>

#include <nlohmann/json.hpp>

#include "api/schema_version.h"
#include "api/schema_version_fields.h"
#include "api/well_formed.h"

namespace schemaop {
namespace {

using nlohmann::json;

const json* Member(const json& object, const char* name) {
  if (!object.is_object()) return nullptr;
  const auto found = object.find(name);
  return found == object.end() || found->is_null() ? nullptr : &*found;
}

std::string TextOf(const json& object, const char* name) {
  const json* member = Member(object, name);
  return member != nullptr && member->is_string() ? member->get<std::string>() : std::string();
}

std::int64_t IntegerOf(const json& object, const char* name, std::int64_t fallback) {
  const json* member = Member(object, name);
  return member != nullptr && member->is_number_integer() ? member->get<std::int64_t>() : fallback;
}

int SmallIntegerOf(const json& object, const char* name) {
  const std::int64_t value = IntegerOf(object, name, 0);
  if (value < std::numeric_limits<int>::min() || value > std::numeric_limits<int>::max()) return 0;
  return static_cast<int>(value);
}

bool FlagOf(const json& object, const char* name) {
  const json* member = Member(object, name);
  return member != nullptr && member->is_boolean() && member->get<bool>();
}

std::optional<Time> TimeOf(const json& object, const char* name) {
  const auto time = ParseRfc3339(TextOf(object, name));
  return time ? std::optional<Time>(*time) : std::nullopt;
}

// Absent rather than empty or zero: printer columns then show nothing instead of "" and 0.
void Put(json& object, const char* name, const std::string& text) {
  if (!text.empty()) object[name] = WellFormed(text);
}
void Put(json& object, const char* name, std::int64_t number) {
  if (number != 0) object[name] = number;
}
void Put(json& object, const char* name, const std::optional<Time>& time) {
  if (time) object[name] = FormatRfc3339(*time);
}

json ToJson(const BlockerStatus& blocker) {
  json object = {{"pid", blocker.pid}};
  Put(object, "application", blocker.application);
  Put(object, "state", blocker.state);
  Put(object, "since", blocker.since);
  return object;
}

BlockerStatus ParseBlocker(const json& object) {
  return {SmallIntegerOf(object, "pid"), TextOf(object, "application"), TextOf(object, "state"),
          TimeOf(object, "since")};
}

json ToJson(const ProgressStatus& progress) {
  json object = json::object();
  Put(object, "revision", progress.revision);
  Put(object, "direction", progress.direction);
  Put(object, "step", progress.step);
  Put(object, "steps", progress.steps);
  Put(object, "statement", progress.statement);
  Put(object, "statements", progress.statements);
  Put(object, "phase", progress.phase);
  Put(object, "blocksDone", progress.blocks_done);
  Put(object, "blocksTotal", progress.blocks_total);
  if (progress.blocked_by) object["blockedBy"] = ToJson(*progress.blocked_by);
  Put(object, "startedAt", progress.started_at);
  return object;
}

ProgressStatus ParseProgress(const json& object) {
  const json* blocker = Member(object, "blockedBy");
  return {TextOf(object, "revision"),
          TextOf(object, "direction"),
          SmallIntegerOf(object, "step"),
          SmallIntegerOf(object, "steps"),
          SmallIntegerOf(object, "statement"),
          SmallIntegerOf(object, "statements"),
          TextOf(object, "phase"),
          IntegerOf(object, "blocksDone", 0),
          IntegerOf(object, "blocksTotal", 0),
          blocker == nullptr ? std::nullopt : std::optional<BlockerStatus>(ParseBlocker(*blocker)),
          TimeOf(object, "startedAt")};
}

json ToJson(const FailureStatus& failure) {
  json object = {{"retryable", failure.retryable}, {"attempts", failure.attempts}};
  Put(object, "revision", failure.revision);
  Put(object, "file", failure.file);
  Put(object, "line", failure.line);
  Put(object, "column", failure.column);
  Put(object, "statement", failure.statement);
  Put(object, "sqlstate", failure.sqlstate);
  Put(object, "message", failure.message);
  Put(object, "hint", failure.hint);
  Put(object, "inputs", failure.inputs);
  if (failure.in_doubt) object["inDoubt"] = true;
  if (failure.next_retry_time) object["nextRetryTime"] = FormatRfc3339(*failure.next_retry_time);
  return object;
}

FailureStatus ParseFailure(const json& object) {
  FailureStatus failure;
  failure.revision = TextOf(object, "revision");
  failure.file = TextOf(object, "file");
  failure.line = SmallIntegerOf(object, "line");
  failure.column = SmallIntegerOf(object, "column");
  failure.statement = SmallIntegerOf(object, "statement");
  failure.sqlstate = TextOf(object, "sqlstate");
  failure.message = TextOf(object, "message");
  failure.hint = TextOf(object, "hint");
  failure.retryable = FlagOf(object, "retryable");
  failure.in_doubt = FlagOf(object, "inDoubt");
  failure.attempts = SmallIntegerOf(object, "attempts");
  failure.next_retry_time = TimeOf(object, "nextRetryTime");
  failure.inputs = TextOf(object, "inputs");
  return failure;
}

// Both numbers always: none failed is what a reader looks for.
json ToJson(const ChecksStatus& checks) {
  json object = {{"total", checks.total}, {"failed", checks.failed}};
  Put(object, "inputs", checks.inputs);
  return object;
}

json ToJson(const RehearsalStatus& rehearsal) {
  json object = {{"at", FormatRfc3339(rehearsal.at)}};
  Put(object, "inputs", rehearsal.inputs);
  Put(object, "outcome", rehearsal.outcome);
  Put(object, "steps", rehearsal.steps);
  Put(object, "message", rehearsal.message);
  return object;
}

RehearsalStatus ParseRehearsal(const json& object) {
  return {TextOf(object, "inputs"), TextOf(object, "outcome"), SmallIntegerOf(object, "steps"),
          TimeOf(object, "at").value_or(Time()), TextOf(object, "message")};
}

json ToJson(const AppliedStatus& applied) {
  json object = {{"at", FormatRfc3339(applied.at)}, {"sequence", applied.sequence}};
  Put(object, "revision", applied.revision);
  Put(object, "direction", applied.direction);
  Put(object, "duration", applied.duration);
  return object;
}

std::optional<AppliedStatus> ParseApplied(const json& object) {
  const auto at = TimeOf(object, "at");
  if (!at) return std::nullopt;
  return AppliedStatus{IntegerOf(object, "sequence", 0), TextOf(object, "revision"),
                       TextOf(object, "direction"), *at, TextOf(object, "duration")};
}

json ToJson(const ReceiptStatus& receipt) {
  return {{"at", FormatRfc3339(receipt.at)},
          {"retries", receipt.retries},
          {"othersWaited", receipt.others_waited}};
}

std::optional<ReceiptStatus> ParseReceipt(const json& object) {
  const auto at = TimeOf(object, "at");
  if (!at) return std::nullopt;
  return ReceiptStatus{*at, SmallIntegerOf(object, "retries"), TextOf(object, "othersWaited")};
}

json ToJson(const Condition& condition) {
  return {{"type", condition.type},
          {"status", ConditionStatusName(condition.status)},
          {"reason", condition.reason},
          {"message", WellFormed(condition.message)},
          {"observedGeneration", condition.observed_generation},
          {"lastTransitionTime", FormatRfc3339(condition.last_transition_time)}};
}

Conditions ParseConditions(const json& status) {
  Conditions conditions;
  const json* list = Member(status, "conditions");
  if (list == nullptr || !list->is_array()) return conditions;
  for (const json& object : *list) {
    Condition condition;
    condition.type = TextOf(object, "type");
    if (condition.type.empty()) continue;
    const std::string value = TextOf(object, "status");
    if (value == "True") condition.status = ConditionStatus::kTrue;
    if (value == "False") condition.status = ConditionStatus::kFalse;
    condition.reason = TextOf(object, "reason");
    condition.message = TextOf(object, "message");
    condition.observed_generation = IntegerOf(object, "observedGeneration", 0);
    condition.last_transition_time = TimeOf(object, "lastTransitionTime").value_or(Time());
    conditions.push_back(std::move(condition));
  }
  return conditions;
}

std::vector<AppliedStatus> ParseHistory(const json& status) {
  std::vector<AppliedStatus> history;
  const json* list = Member(status, "history");
  if (list == nullptr || !list->is_array()) return history;
  for (const json& object : *list) {
    if (auto applied = ParseApplied(object)) history.push_back(std::move(*applied));
  }
  return history;
}

// RFC 7386: what to send so that `before` becomes `after`; an empty object when they are equal.
json MergePatch(const json& before, const json& after) {
  json patch = json::object();
  for (const auto& [name, value] : before.items()) {
    if (!after.contains(name)) patch[name] = nullptr;
  }
  for (const auto& [name, value] : after.items()) {
    const auto old = before.find(name);
    if (old != before.end() && *old == value) continue;
    const bool both = old != before.end() && old->is_object() && value.is_object();
    patch[name] = both ? MergePatch(*old, value) : value;
  }
  return patch;
}

}  // namespace

json ToJson(const SchemaVersionStatus& status) {
  json object = {{"observedGeneration", status.observed_generation}};
  Put(object, "currentRevision", status.current_revision);
  Put(object, "targetRevision", status.target_revision);
  if (status.pending) object["pending"] = *status.pending;
  Put(object, "database", status.database);
  if (status.source) {
    object["source"] = {{"digest", status.source->digest}, {"revisions", status.source->revisions}};
  }
  if (status.progress) object["progress"] = ToJson(*status.progress);
  if (status.failure) object["failure"] = ToJson(*status.failure);
  if (status.checks) object["checks"] = ToJson(*status.checks);
  if (status.rehearsal) object["rehearsal"] = ToJson(*status.rehearsal);
  if (status.last_applied) object["lastApplied"] = ToJson(*status.last_applied);
  if (status.receipt) object["receipt"] = ToJson(*status.receipt);
  for (const AppliedStatus& applied : status.history) object["history"].push_back(ToJson(applied));
  Put(object, "lastHandledRequest", status.last_handled_request);
  for (const Condition& condition : status.conditions) {
    object["conditions"].push_back(ToJson(condition));
  }
  return object;
}

SchemaVersionStatus ParseSchemaVersionStatus(const json& object) {
  SchemaVersionStatus status;
  const json* member = Member(object, "status");
  if (member == nullptr) return status;
  const json& from = *member;
  status.observed_generation = IntegerOf(from, "observedGeneration", -1);
  status.current_revision = TextOf(from, "currentRevision");
  status.target_revision = TextOf(from, "targetRevision");
  if (Member(from, "pending") != nullptr) status.pending = SmallIntegerOf(from, "pending");
  status.database = TextOf(from, "database");
  if (const json* source = Member(from, "source")) {
    status.source = SourceStatus{TextOf(*source, "digest"), SmallIntegerOf(*source, "revisions")};
  }
  if (const json* progress = Member(from, "progress")) status.progress = ParseProgress(*progress);
  if (const json* failure = Member(from, "failure")) status.failure = ParseFailure(*failure);
  if (const json* checks = Member(from, "checks")) {
    status.checks = ChecksStatus{TextOf(*checks, "inputs"), SmallIntegerOf(*checks, "total"),
                                 SmallIntegerOf(*checks, "failed")};
  }
  if (const json* rehearsal = Member(from, "rehearsal")) {
    status.rehearsal = ParseRehearsal(*rehearsal);
  }
  if (const json* applied = Member(from, "lastApplied"))
    status.last_applied = ParseApplied(*applied);
  if (const json* receipt = Member(from, "receipt")) status.receipt = ParseReceipt(*receipt);
  status.history = ParseHistory(from);
  status.last_handled_request = TextOf(from, "lastHandledRequest");
  status.conditions = ParseConditions(from);
  return status;
}

std::optional<json> StatusPatch(const ObjectMeta& metadata, const SchemaVersionStatus& before,
                                const SchemaVersionStatus& after) {
  json changes = MergePatch(ToJson(before), ToJson(after));
  if (changes.empty()) return std::nullopt;
  return json{{"metadata", {{"uid", metadata.uid}, {"resourceVersion", metadata.resource_version}}},
              {"status", std::move(changes)}};
}

}  // namespace schemaop
