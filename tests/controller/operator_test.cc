#include "controller/operator.h"

#include <functional>
#include <memory>
#include <stop_token>

#include <gtest/gtest.h>

namespace schemaop {
namespace {

SchemaVersion Object() {
  SchemaVersion object{{}, SchemaVersionSpec(), SchemaVersionStatus()};
  object.metadata.name = "projects";
  object.metadata.uid = "u-1";
  object.metadata.resource_version = "1";
  object.metadata.generation = 1;
  return object;
}

bool WorthIt(const std::function<void(SchemaVersion&)>& change) {
  SchemaVersion after = Object();
  change(after);
  return IsWorthAVisit({after.metadata.key(), std::make_shared<const SchemaVersion>(Object()),
                        std::make_shared<const SchemaVersion>(after)});
}

TEST(IsWorthAVisitTest, ObjectsThatComeAndGoAre) {
  const auto object = std::make_shared<const SchemaVersion>(Object());
  EXPECT_TRUE(IsWorthAVisit({object->metadata.key(), nullptr, object}));
  EXPECT_TRUE(IsWorthAVisit({object->metadata.key(), object, nullptr}));
}

TEST(IsWorthAVisitTest, WhatAPersonChangedIs) {
  EXPECT_TRUE(WorthIt([](SchemaVersion& o) { ++o.metadata.generation; }));
  EXPECT_TRUE(WorthIt([](SchemaVersion& o) { o.metadata.uid = "u-2"; }));
  EXPECT_TRUE(WorthIt([](SchemaVersion& o) { o.metadata.deleting = true; }));
  EXPECT_TRUE(WorthIt(
      [](SchemaVersion& o) { o.metadata.annotations["schemaversion.io/requestedAt"] = "now"; }));
}

TEST(IsWorthAVisitTest, StatusAndForeignAnnotationsAreNot) {
  EXPECT_FALSE(WorthIt([](SchemaVersion& o) {
    o.metadata.resource_version = "2";
    o.status.current_revision = "004";
    o.metadata.annotations["kubectl.kubernetes.io/last-applied-configuration"] = "{}";
  }));
}

TEST(RunOperatorTest, UnusableHealthAddressIsRefusedAtTheStart) {
  OperatorOptions options;
  options.kube.server = "http://127.0.0.1:9";
  options.health_address = "nonsense";
  std::stop_source stop;
  stop.request_stop();
  const auto ran = RunOperator(options, Logger(LogLevel::kError), stop.get_token());
  ASSERT_FALSE(ran);
  EXPECT_EQ(ran.error().code, ErrorCode::kInvalid) << ran.error().message;
}

TEST(RunOperatorTest, EndsWhenToldToStopThoughTheServerWasNeverReached) {
  OperatorOptions options;
  options.kube.server = "http://127.0.0.1:9";
  options.health_address = "127.0.0.1:0";
  std::stop_source stop;
  stop.request_stop();
  EXPECT_TRUE(RunOperator(options, Logger(LogLevel::kError), stop.get_token()));
}

}  // namespace
}  // namespace schemaop
