#include "status/status_checker.h"

#include <functional>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace schemaop::testing {
namespace {

using nlohmann::json;
using ::testing::ElementsAre;
using ::testing::IsEmpty;

json Condition(const std::string& type, const std::string& status, const std::string& reason,
               const std::string& time = "2026-11-22T10:00:00Z") {
  return {{"type", type},   {"status", status},        {"reason", reason},
          {"message", "m"}, {"observedGeneration", 2}, {"lastTransitionTime", time}};
}

json UpToDate() {
  return {{"metadata",
           {{"namespace", "shop"},
            {"name", "orders"},
            {"uid", "u"},
            {"generation", 2},
            {"resourceVersion", "7"}}},
          {"status",
           {{"observedGeneration", 2},
            {"pending", 0},
            {"conditions", {Condition("Ready", "True", "UpToDate")}}}}};
}

json Migrating() {
  json object = UpToDate();
  object["status"]["pending"] = 1;
  object["status"]["conditions"] = {Condition("Ready", "False", "Migrating"),
                                    Condition("Reconciling", "True", "Migrating")};
  return object;
}

std::vector<std::string> Judge(const std::vector<json>& states) {
  StatusChecker checker;
  for (const json& state : states) checker.See(state);
  return checker.violations();
}

TEST(StatusCheckerTest, AnOrdinaryLifeBreaksNothing) {
  json created = UpToDate();
  created["status"] = {{"observedGeneration", -1}};
  StatusChecker checker;
  for (const json& state : {created, Migrating(), UpToDate()}) checker.See(state);
  EXPECT_THAT(checker.violations(), IsEmpty());
  EXPECT_EQ(checker.judged(), 2U);
}

// One state that breaks one rule, after states that break none.
struct Broken {
  const char* rule;
  std::function<void(json& status)> damage;
};

TEST(StatusCheckerTest, EachRuleIsToldWhenItIsBroken) {
  const std::vector<Broken> table = {
      {"Ready is missing", [](json& status) { status["conditions"] = json::array(); }},
      {"observedGeneration is ahead of the object",
       [](json& status) {
         status["observedGeneration"] = 3;
         status["conditions"][0]["observedGeneration"] = 3;
       }},
      {"observedGeneration went back",
       [](json& status) {
         status["observedGeneration"] = 1;
         status["conditions"][0]["observedGeneration"] = 1;
       }},
      {"Ready speaks of another generation than status does",
       [](json& status) { status["conditions"][0]["observedGeneration"] = 1; }},
      {"condition \"Ready\" has no message",
       [](json& status) { status["conditions"][0].erase("message"); }},
      {"Ready has no message", [](json& status) { status["conditions"][0]["message"] = ""; }},
      {"Ready has an overlong message",
       [](json& status) { status["conditions"][0]["message"] = std::string(32769, 'm'); }},
      {"Ready has no CamelCase reason",
       [](json& status) { status["conditions"][0]["reason"] = "up_to_date"; }},
      {"Ready is neither True nor False nor Unknown",
       [](json& status) { status["conditions"][0]["status"] = "Yes"; }},
      {"Ready has a lastTransitionTime that is no whole second in UTC",
       [](json& status) {
         status["conditions"][0]["status"] = "Unknown";
         status["conditions"][0]["lastTransitionTime"] = "2026-11-22T10:00:00.5Z";
       }},
      {"Ready moved lastTransitionTime without a flip",
       [](json& status) {
         status["conditions"][0]["lastTransitionTime"] = "2026-11-22T10:00:01Z";
       }},
      {"Ready flipped into the past",
       [](json& status) {
         status["conditions"][0]["status"] = "Unknown";
         status["conditions"][0]["lastTransitionTime"] = "2026-11-22T09:59:59Z";
       }},
      {"Stalled is there without being True",
       [](json& status) {
         status["conditions"][0]["status"] = "Unknown";
         status["conditions"].push_back(Condition("Stalled", "False", "Fine"));
       }},
      {"Drifted is there twice",
       [](json& status) {
         for (int i = 0; i < 2; ++i) {
           status["conditions"].push_back(Condition("Drifted", "False", "Fine"));
         }
       }},
      {"Reconciling and Stalled are both there",
       [](json& status) {
         status["conditions"][0]["status"] = "Unknown";
         status["conditions"].push_back(Condition("Reconciling", "True", "Retrying"));
         status["conditions"].push_back(Condition("Stalled", "True", "Retrying"));
       }},
      {"Ready is True beside Reconciling or Stalled",
       [](json& status) {
         status["conditions"].push_back(Condition("Reconciling", "True", "Retrying"));
       }},
      {"Ready is True with steps pending", [](json& status) { status["pending"] = 1; }},
      {"progress is there while nothing runs",
       [](json& status) {
         status["progress"] = {{"step", 1}};
       }},
      {"history has more than ten entries",
       [](json& status) {
         status["lastApplied"] = {{"revision", "1"}};
         status["history"] = std::vector<json>(11, status["lastApplied"]);
       }},
      {"lastApplied is not the newest of history",
       [](json& status) {
         status["history"] = {{{"revision", "1"}}};
       }},
  };
  for (const Broken& broken : table) {
    json damaged = UpToDate();
    broken.damage(damaged["status"]);
    // What else the damage breaks follows.
    const std::vector<std::string> violations = Judge({UpToDate(), damaged});
    EXPECT_EQ(violations.empty() ? "" : violations.front(),
              "shop/orders at resourceVersion 7: " + std::string(broken.rule));
  }
}

TEST(StatusCheckerTest, AStatusThatIsTakenBackIsTold) {
  json emptied = UpToDate();
  emptied["status"] = {{"observedGeneration", -1}};
  EXPECT_THAT(Judge({UpToDate(), emptied}),
              ElementsAre("shop/orders at resourceVersion 7: observedGeneration went back"));
}

TEST(StatusCheckerTest, ConditionsThatChangePlacesAreTold) {
  json turned = Migrating();
  std::swap(turned["status"]["conditions"][0], turned["status"]["conditions"][1]);
  EXPECT_THAT(Judge({Migrating(), turned}),
              ElementsAre("shop/orders at resourceVersion 7: the conditions changed their order"));
}

TEST(StatusCheckerTest, ReadsAnObjectAsKstatusAndKubectlWaitDo) {
  json object = UpToDate();
  EXPECT_EQ(KStatusOf(object), "Current");
  EXPECT_TRUE(MeetsKubectlWait(object));
  EXPECT_EQ(KStatusOf(Migrating()), "InProgress");
  EXPECT_FALSE(MeetsKubectlWait(Migrating()));
  object["metadata"]["generation"] = 3;
  EXPECT_EQ(KStatusOf(object), "InProgress");
  EXPECT_FALSE(MeetsKubectlWait(object));
  json stalled = UpToDate();
  stalled["status"]["conditions"] = {Condition("Ready", "False", "SourceInvalid"),
                                     Condition("Stalled", "True", "SourceInvalid")};
  EXPECT_EQ(KStatusOf(stalled), "Failed");
  stalled["metadata"]["deletionTimestamp"] = "2026-11-22T10:00:00Z";
  EXPECT_EQ(KStatusOf(stalled), "Terminating");
}

}  // namespace
}  // namespace schemaop::testing
