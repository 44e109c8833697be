#include <chrono>

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "api/schema_version.h"

namespace schemaop {
namespace {

using nlohmann::json;
using std::chrono::seconds;

const Time kAt = Time(seconds(1'795'341'600));

SchemaVersionStatus Full() {
  SchemaVersionStatus status;
  status.observed_generation = 4;
  status.current_revision = "003";
  status.target_revision = "004";
  status.pending = 1;
  status.database = "projects@db.engineering.svc:5432";
  status.source = SourceStatus{"sha256:ab", 4};
  status.progress =
      ProgressStatus{"004", "Upgrade",        1, 2, 3,
                     7,     "building index", 4, 5, BlockerStatus{42, "reports", "active", kAt},
                     kAt};
  FailureStatus failure;
  failure.revision = "004";
  failure.file = "004_x.sql";
  failure.line = 12;
  failure.column = 3;
  failure.statement = 3;
  failure.sqlstate = "42P07";
  failure.message = "relation \"x\" already exists";
  failure.hint = "drop it";
  failure.attempts = 2;
  failure.next_retry_time = kAt + seconds(600);
  failure.inputs = "0123";
  status.failure = failure;
  status.last_applied = AppliedStatus{7, "003", "Upgrade", kAt, "1.2s"};
  status.receipt = ReceiptStatus{kAt, 2, "103ms"};
  status.history = {*status.last_applied};
  status.last_handled_request = "now";
  status.conditions = {{"Ready", ConditionStatus::kFalse, "Migrating", "upgrading", 4, kAt}};
  return status;
}

const char* const kFullJson = R"({
  "observedGeneration": 4,
  "currentRevision": "003",
  "targetRevision": "004",
  "pending": 1,
  "database": "projects@db.engineering.svc:5432",
  "source": {"digest": "sha256:ab", "revisions": 4},
  "progress": {"revision": "004", "direction": "Upgrade", "step": 1, "steps": 2, "statement": 3, "statements": 7,
               "phase": "building index", "blocksDone": 4, "blocksTotal": 5, "startedAt": "2026-11-22T10:00:00Z",
               "blockedBy": {"pid": 42, "application": "reports", "state": "active", "since": "2026-11-22T10:00:00Z"}},
  "failure": {"revision": "004", "file": "004_x.sql", "line": 12, "column": 3, "statement": 3, "sqlstate": "42P07",
              "message": "relation \"x\" already exists", "hint": "drop it", "retryable": false, "attempts": 2,
              "nextRetryTime": "2026-11-22T10:10:00Z", "inputs": "0123"},
  "lastApplied": {"sequence": 7, "revision": "003", "direction": "Upgrade", "at": "2026-11-22T10:00:00Z", "duration": "1.2s"},
  "receipt": {"at": "2026-11-22T10:00:00Z", "retries": 2, "othersWaited": "103ms"},
  "history": [{"sequence": 7, "revision": "003", "direction": "Upgrade", "at": "2026-11-22T10:00:00Z", "duration": "1.2s"}],
  "lastHandledRequest": "now",
  "conditions": [{"type": "Ready", "status": "False", "reason": "Migrating", "message": "upgrading",
                  "observedGeneration": 4, "lastTransitionTime": "2026-11-22T10:00:00Z"}]
})";

SchemaVersionStatus ReadBack(const json& status) {
  const auto object = ParseSchemaVersion(json{{"metadata", {{"name", "x"}}}, {"status", status}});
  return object->status;
}

ObjectMeta Metadata() {
  ObjectMeta metadata;
  metadata.uid = "u-1";
  metadata.resource_version = "42";
  return metadata;
}

TEST(SchemaVersionStatusTest, EveryMemberIsWritten) {
  EXPECT_EQ(ToJson(Full()), json::parse(kFullJson));
}

TEST(SchemaVersionStatusTest, WhatIsWrittenIsReadBack) {
  EXPECT_EQ(ReadBack(ToJson(Full())), Full());
  EXPECT_EQ(ReadBack(ToJson(SchemaVersionStatus())), SchemaVersionStatus());
}

TEST(SchemaVersionStatusTest, EmptyMembersAreLeftOut) {
  EXPECT_EQ(ToJson(SchemaVersionStatus()), json::parse(R"({"observedGeneration": -1})"));
}

TEST(SchemaVersionStatusTest, UnreadablePartsReadAsAbsent) {
  const SchemaVersionStatus status = ReadBack(json::parse(R"({
    "observedGeneration": "x", "pending": "x", "progress": 3, "lastApplied": {"at": "yesterday"},
    "history": [{"revision": "1"}, 7], "conditions": [{"status": "True"}, 7, {"type": "Ready", "status": 3}],
    "failure": {"attempts": 99999999999999, "nextRetryTime": 5}
  })"));
  EXPECT_EQ(status.observed_generation, -1);
  EXPECT_FALSE(status.last_applied);
  EXPECT_TRUE(status.history.empty());
  ASSERT_EQ(status.conditions.size(), 1U);
  EXPECT_EQ(status.conditions[0].status, ConditionStatus::kUnknown);
  EXPECT_EQ(status.failure->attempts, 0);
}

TEST(SchemaVersionStatusTest, EqualStatusesNeedNoPatch) {
  EXPECT_FALSE(StatusPatch(Metadata(), Full(), Full()));
}

TEST(SchemaVersionStatusTest, FractionsOfASecondAreNoDifference) {
  SchemaVersionStatus after = Full();
  after.last_applied->at += std::chrono::milliseconds(500);
  after.failure->next_retry_time = kAt + std::chrono::milliseconds(600'900);
  EXPECT_FALSE(StatusPatch(Metadata(), Full(), after));
}

TEST(SchemaVersionStatusTest, PatchHoldsOnlyWhatDiffersAndRemovesWithNull) {
  SchemaVersionStatus after = Full();
  after.progress.reset();
  after.pending.reset();
  after.failure->attempts = 3;
  after.failure->next_retry_time.reset();
  after.current_revision = "004";
  const auto patch = StatusPatch(Metadata(), Full(), after);
  ASSERT_TRUE(patch);
  EXPECT_EQ(*patch, json::parse(R"({
    "metadata": {"uid": "u-1", "resourceVersion": "42"},
    "status": {"currentRevision": "004", "pending": null, "progress": null,
               "failure": {"attempts": 3, "nextRetryTime": null}}
  })"));
}

TEST(SchemaVersionStatusTest, PatchTurnsTheOneStatusIntoTheOther) {
  const SchemaVersionStatus statuses[] = {SchemaVersionStatus(), Full(), ReadBack(json::parse(R"({
    "observedGeneration": 5, "source": {"digest": "sha256:cd", "revisions": 1},
    "conditions": [{"type": "Ready", "status": "True", "reason": "UpToDate", "message": "",
                    "observedGeneration": 5, "lastTransitionTime": "2026-11-22T10:00:00Z"}]})"))};
  for (const SchemaVersionStatus& before : statuses) {
    for (const SchemaVersionStatus& after : statuses) {
      json object = ToJson(before);
      if (const auto patch = StatusPatch(Metadata(), before, after)) {
        object.merge_patch(patch->at("status"));
      }
      EXPECT_EQ(object, ToJson(after));
    }
  }
}

TEST(SchemaVersionStatusTest, MessagesInAnotherEncodingStayWritable) {
  SchemaVersionStatus status = Full();
  status.failure->message = "caf\xE9";
  EXPECT_EQ(ToJson(status)["failure"]["message"].get<std::string>(), "caf\xEF\xBF\xBD");
  EXPECT_NO_THROW(ToJson(status).dump());
}

}  // namespace
}  // namespace schemaop
