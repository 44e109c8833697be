#include "controller/operator.h"

#include <chrono>
#include <functional>
#include <memory>
#include <stop_token>

#include <gtest/gtest.h>

#include "runtime/queue_state.h"

namespace schemaop {
namespace {

KeptSchemaVersion Object() {
  KeptSchemaVersion object;
  object.metadata.name = "projects";
  object.metadata.uid = "u-1";
  object.metadata.resource_version = "1";
  object.metadata.generation = 1;
  return object;
}

bool WorthIt(const std::function<void(KeptSchemaVersion&)>& change) {
  KeptSchemaVersion after = Object();
  change(after);
  return IsWorthAVisit({after.metadata.key(), std::make_shared<const KeptSchemaVersion>(Object()),
                        std::make_shared<const KeptSchemaVersion>(after)});
}

TEST(IsWorthAVisitTest, ObjectsThatComeAndGoAre) {
  const auto object = std::make_shared<const KeptSchemaVersion>(Object());
  EXPECT_TRUE(IsWorthAVisit({object->metadata.key(), nullptr, object}));
  EXPECT_TRUE(IsWorthAVisit({object->metadata.key(), object, nullptr}));
}

TEST(IsWorthAVisitTest, WhatAPersonChangedIs) {
  EXPECT_TRUE(WorthIt([](KeptSchemaVersion& o) { ++o.metadata.generation; }));
  EXPECT_TRUE(WorthIt([](KeptSchemaVersion& o) { o.metadata.uid = "u-2"; }));
  EXPECT_TRUE(WorthIt([](KeptSchemaVersion& o) { o.metadata.deleting = true; }));
  EXPECT_TRUE(WorthIt([](KeptSchemaVersion& o) {
    o.metadata.annotations["schemaversion.io/requestedAt"] = "now";
  }));
}

TEST(IsWorthAVisitTest, StatusAndForeignAnnotationsAreNot) {
  EXPECT_FALSE(WorthIt([](KeptSchemaVersion& o) {
    o.metadata.resource_version = "2";
    o.packed.bytes = "another status";
    o.metadata.annotations["kubectl.kubernetes.io/last-applied-configuration"] = "{}";
  }));
}

TEST(VisitQueueTest, AVisitThatKeepsFailingIsTriedAgainEveryMinute) {
  const WorkQueueOptions options = VisitQueueOptions();
  QueueState queue({options.backoff_first, options.backoff_most});
  const ObjectKey key{"engineering", "projects"};
  std::chrono::milliseconds wait{};
  for (int failures = 0; failures < 50; ++failures) wait = queue.NextBackoff(key);
  EXPECT_EQ(wait, std::chrono::seconds(60));
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
