#include "controller/visits.h"

#include <functional>

#include <gtest/gtest.h>

namespace schemaop {
namespace {

using std::chrono::minutes;

const Visits::Clock::time_point kStart{};

struct Seen {
  SchemaVersion object{{}, SchemaVersionSpec(), SchemaVersionStatus()};
  Observation observation = NothingObserved(Time());

  Seen() {
    object.metadata.name = "projects";
    object.metadata.generation = 4;
    object.status.observed_generation = 4;
    object.status.conditions = {{"Ready", ConditionStatus::kTrue, "UpToDate", "", 4, Time()}};
    object.status.source = SourceStatus{"sha256:ab", 2};
    object.status.database = "projects@db:5432";
    observation.source = Source{"sha256:ab", nullptr};
    observation.identity = DatabaseIdentity{"projects@db:5432", "7"};
  }
};

TEST(VisitsTest, SettledObjectIsFreshForItsInterval) {
  Visits visits;
  const Seen seen;
  EXPECT_FALSE(visits.IsFresh(seen.object, seen.observation, kStart));
  visits.Settled(seen.object, seen.observation, kStart);
  EXPECT_TRUE(visits.IsFresh(seen.object, seen.observation, kStart + minutes(9)));
  EXPECT_FALSE(visits.IsFresh(seen.object, seen.observation, kStart + minutes(10)));
  visits.Forget(seen.object.metadata.key());
  EXPECT_FALSE(visits.IsFresh(seen.object, seen.observation, kStart));
}

TEST(VisitsTest, HeadsThatWereReadDoNotMatter) {
  Visits visits;
  Seen seen;
  Observation whole = seen.observation;
  whole.database = DatabaseState();
  whole.database->heads = {"004"};
  visits.Settled(seen.object, whole, kStart);
  EXPECT_TRUE(visits.IsFresh(seen.object, seen.observation, kStart));
}

TEST(VisitsTest, AnyChangeButTimeEndsFreshness) {
  const struct {
    const char* name;
    std::function<void(Seen&)> change;
  } kCases[] = {
      {"spec", [](Seen& s) { ++s.object.metadata.generation; }},
      {"uid", [](Seen& s) { s.object.metadata.uid = "other"; }},
      {"request",
       [](Seen& s) { s.object.metadata.annotations["schemaversion.io/requestedAt"] = "now"; }},
      {"source", [](Seen& s) { s.observation.source->digest = "sha256:cd"; }},
      {"source gone", [](Seen& s) { s.observation.source = Fail(ErrorCode::kNotFound, "gone"); }},
      {"Secret", [](Seen& s) { s.observation.identity->secret_version = "8"; }},
      {"Secret gone", [](Seen& s) { s.observation.identity = Fail(ErrorCode::kNotFound, "gone"); }},
      {"spec unusable", [](Seen& s) { s.object.spec = Fail(ErrorCode::kInvalid, "bad"); }},
      {"status lost", [](Seen& s) { s.object.status = SchemaVersionStatus(); }},
      {"suspended before", [](Seen& s) { s.object.status.conditions[0].reason = "Suspended"; }},
  };
  for (const auto& c : kCases) {
    Visits visits;
    Seen seen;
    visits.Settled(seen.object, seen.observation, kStart);
    c.change(seen);
    EXPECT_FALSE(visits.IsFresh(seen.object, seen.observation, kStart)) << c.name;
  }
}

TEST(VisitsTest, WhatPassesByItselfDisputesNothing) {
  const Error passing{ErrorCode::kUnavailable, "connection refused"};
  const Error lasting{ErrorCode::kNotFound, "gone"};
  const struct {
    const char* name;
    std::function<void(Seen&)> change;
    bool undisputed;
  } kCases[] = {
      {"everything was read", [](Seen&) {}, false},
      {"source not read", [&](Seen& s) { s.observation.source = Fail(passing); }, true},
      {"Secret not read", [&](Seen& s) { s.observation.identity = Fail(passing); }, true},
      {"neither read",
       [&](Seen& s) {
         s.observation.source = Fail(passing);
         s.observation.identity = Fail(passing);
       },
       true},
      {"source gone", [&](Seen& s) { s.observation.source = Fail(lasting); }, false},
      {"Secret gone", [&](Seen& s) { s.observation.identity = Fail(lasting); }, false},
      {"source not read, Secret gone",
       [&](Seen& s) {
         s.observation.source = Fail(passing);
         s.observation.identity = Fail(lasting);
       },
       false},
      {"another source, Secret not read",
       [&](Seen& s) {
         s.observation.source->digest = "sha256:cd";
         s.observation.identity = Fail(passing);
       },
       false},
      {"another database, source not read",
       [&](Seen& s) {
         s.observation.identity->label = "other@db:5432";
         s.observation.source = Fail(passing);
       },
       false},
      {"spec",
       [&](Seen& s) {
         ++s.object.metadata.generation;
         s.observation.source = Fail(passing);
       },
       false},
      {"spec unusable",
       [&](Seen& s) {
         s.object.spec = Fail(ErrorCode::kInvalid, "bad");
         s.observation.source = Fail(passing);
       },
       false},
      {"request",
       [&](Seen& s) {
         s.object.metadata.annotations["schemaversion.io/requestedAt"] = "now";
         s.observation.source = Fail(passing);
       },
       false},
      {"status lost",
       [&](Seen& s) {
         s.object.status = SchemaVersionStatus();
         s.observation.source = Fail(passing);
       },
       false},
  };
  for (const auto& c : kCases) {
    Visits visits;
    Seen seen;
    visits.Settled(seen.object, seen.observation, kStart);
    c.change(seen);
    EXPECT_EQ(visits.IsUndisputed(seen.object, seen.observation, kStart + minutes(9)), c.undisputed)
        << c.name;
    EXPECT_FALSE(visits.IsUndisputed(seen.object, seen.observation, kStart + minutes(10)))
        << c.name;
    EXPECT_FALSE(Visits().IsUndisputed(seen.object, seen.observation, kStart)) << c.name;
  }
}

}  // namespace
}  // namespace schemaop
