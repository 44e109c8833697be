#include "controller/drift_looks.h"

#include <functional>

#include <gtest/gtest.h>

#include "policy/message.h"

namespace schemaop {
namespace {

using std::chrono::minutes;

const DriftLooks::Clock::time_point kFirstLook{};

struct Asked {
  SchemaVersion object{{}, SchemaVersionSpec(), SchemaVersionStatus()};
  DatabaseIdentity identity{"projects@db:5432", "7"};

  Asked() { object.metadata.name = "projects"; }
};

DriftFinding Finding(const std::string& looked_at) {
  DriftFinding finding;
  finding.looked_at = looked_at;
  return finding;
}

TEST(DriftLooksTest, AsksOnceAnIntervalAndKnowsTheAnswerInBetween) {
  DriftLooks looks;
  Asked a;
  a.object.spec->policy.drift_exclude = {"table:public.tmp_*"};
  const auto first = looks.Due(a.object, a.identity, kFirstLook);
  ASSERT_TRUE(first);
  EXPECT_EQ(first->scope.exclude, std::vector<std::string>{"table:public.tmp_*"});
  EXPECT_EQ(first->last, std::nullopt);
  EXPECT_EQ(looks.Known(a.object, a.identity), std::nullopt);
  looks.Remember(a.object, a.identity, Finding("1"), kFirstLook);
  EXPECT_FALSE(looks.Due(a.object, a.identity, kFirstLook + minutes(9)));
  EXPECT_EQ(looks.Known(a.object, a.identity), Finding("1"));
  const auto again = looks.Due(a.object, a.identity, kFirstLook + minutes(10));
  ASSERT_TRUE(again);
  EXPECT_EQ(again->last, Finding("1"));
}

TEST(DriftLooksTest, AsksEachTimeWhatAMigrationMayWaitFor) {
  DriftLooks looks;
  Asked a;
  a.object.spec->policy.drift = DriftPolicy::kBlock;
  looks.Remember(a.object, a.identity, Finding("1"), kFirstLook);
  const auto again = looks.Due(a.object, a.identity, kFirstLook + std::chrono::seconds(1));
  ASSERT_TRUE(again);
  EXPECT_EQ(again->last, Finding("1"));
}

TEST(DriftLooksTest, KeepsOfAFindingNoMoreThanIsSaidOfIt) {
  DriftLooks looks;
  const Asked a;
  DriftFinding finding = Finding("1");
  finding.kind = DriftFinding::Kind::kDrifted;
  for (int i = 0; i < 1000; ++i) {
    finding.changes.push_back("table app.t" + std::to_string(i) + " removed");
    finding.sql += "CREATE TABLE app.t" + std::to_string(i) + " (id integer);\n";
  }
  looks.Remember(a.object, a.identity, finding, kFirstLook);
  const auto known = looks.Known(a.object, a.identity);
  ASSERT_TRUE(known);
  EXPECT_LE(known->changes.size(), 5U);
  EXPECT_LE(known->sql.size(), 8000U);
  const Observation seen{{}, Fail({}), a.identity, Fail({})};
  EXPECT_EQ(DriftMessage(seen, *known), DriftMessage(seen, finding));
  EXPECT_EQ(DriftBlockedMessage(seen, *known), DriftBlockedMessage(seen, finding));
  EXPECT_NE(DriftMessage(seen, *known).find(" and 995 others"), std::string::npos);
}

TEST(DriftLooksTest, AsksAnewWhenTheObjectOrItsDatabaseIsAnother) {
  const struct {
    const char* name;
    std::function<void(Asked&)> change;
  } kCases[] = {
      {"spec", [](Asked& a) { ++a.object.metadata.generation; }},
      {"object", [](Asked& a) { a.object.metadata.uid = "another"; }},
      {"request",
       [](Asked& a) { a.object.metadata.annotations["schemaversion.io/requestedAt"] = "now"; }},
      {"secret", [](Asked& a) { a.identity.secret_version = "8"; }},
  };
  for (const auto& c : kCases) {
    DriftLooks looks;
    Asked a;
    looks.Remember(a.object, a.identity, Finding("1"), kFirstLook);
    c.change(a);
    const auto question = looks.Due(a.object, a.identity, kFirstLook);
    ASSERT_TRUE(question) << c.name;
    EXPECT_EQ(question->last, std::nullopt) << c.name;
    EXPECT_EQ(looks.Known(a.object, a.identity), std::nullopt) << c.name;
  }
}

TEST(DriftLooksTest, NeverAsksWhenThePolicyIsOff) {
  DriftLooks looks;
  Asked a;
  looks.Remember(a.object, a.identity, Finding("1"), kFirstLook);
  a.object.spec->policy.drift = DriftPolicy::kOff;
  EXPECT_FALSE(looks.Due(a.object, a.identity, kFirstLook + minutes(60)));
  EXPECT_EQ(looks.Known(a.object, a.identity), std::nullopt);
}

TEST(DriftLooksTest, ForgetsAnObjectThatIsGone) {
  DriftLooks looks;
  const Asked a;
  looks.Remember(a.object, a.identity, Finding("1"), kFirstLook);
  looks.Forget(a.object.metadata.key());
  EXPECT_TRUE(looks.Due(a.object, a.identity, kFirstLook));
}

}  // namespace
}  // namespace schemaop
