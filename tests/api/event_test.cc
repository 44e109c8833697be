#include "api/event.h"

#include <chrono>

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "base/text.h"

namespace schemaop {
namespace {

using nlohmann::json;

Event Example() {
  Event event;
  event.regarding.namespace_name = "engineering";
  event.regarding.name = "projects";
  event.regarding.uid = "u-1";
  event.regarding.resource_version = "42";
  event.reason = "RevisionApplied";
  event.action = "Migrate";
  event.note = "applied revision 004";
  event.reporting_instance = "schema-operator-0";
  event.time = Time(std::chrono::microseconds(1'795'341'600'123'456));
  return event;
}

TEST(EventTest, IsWhatTheServersStrictValidationWants) {
  EXPECT_EQ(ToJson(Example()), json::parse(R"({
    "apiVersion": "events.k8s.io/v1",
    "kind": "Event",
    "metadata": {"name": "projects.18ea55ac55d70a00", "namespace": "engineering"},
    "eventTime": "2026-11-22T10:00:00.123456Z",
    "type": "Normal",
    "reason": "RevisionApplied",
    "action": "Migrate",
    "note": "applied revision 004",
    "reportingController": "schemaversion.io/schema-operator",
    "reportingInstance": "schema-operator-0",
    "regarding": {"apiVersion": "schemaversion.io/v1alpha1", "kind": "SchemaVersion",
                  "namespace": "engineering", "name": "projects", "uid": "u-1", "resourceVersion": "42"}
  })"));
}

TEST(EventTest, OverlongTextIsCutBetweenCharacters) {
  Event event = Example();
  event.note.clear();
  for (int i = 0; i < 1000; ++i) event.note += "\xC3\xA9";
  event.reporting_instance = std::string(200, 'p');
  const json object = ToJson(event);
  const auto note = object["note"].get<std::string>();
  EXPECT_LE(note.size(), 1024U);
  EXPECT_FALSE(FindInvalidUtf8(note));
  EXPECT_EQ(object["reportingInstance"].get<std::string>().size(), 128U);
}

TEST(EventTest, NameThatWouldBeTooLongIsADigest) {
  Event event = Example();
  event.regarding.name = std::string(250, 'n');
  const json object = ToJson(event);
  const auto name = object["metadata"]["name"].get<std::string>();
  EXPECT_EQ(name.size(), 32U);
  EXPECT_TRUE(IsDnsSubdomain(name));
}

TEST(EventTest, MalformedBytesBecomeReplacementCharacters) {
  Event event = Example();
  event.note = "bad \xFF byte";
  EXPECT_EQ(ToJson(event)["note"].get<std::string>(), "bad \xEF\xBF\xBD byte");
}

}  // namespace
}  // namespace schemaop
