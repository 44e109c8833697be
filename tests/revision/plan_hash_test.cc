#include "revision/plan_hash.h"

#include <functional>
#include <set>

#include <gtest/gtest.h>

namespace schemaop::testing {
namespace {

struct Planned {
  std::string database = "projects@db:5432";
  Revision revision;
  Plan plan;

  Planned() {
    revision.id = "002";
    revision.upgrade.text = "CREATE TABLE t ()";
    revision.downgrade = Section{.text = "DROP TABLE t"};
    plan.from = {"001", "b"};
    plan.to = {"002", "b"};
    plan.steps = {{.direction = Direction::kUpgrade, .revision = "002"}};
  }
  std::string Hash() const {
    return PlanHash(database, RevisionGraph::Build({revision}).value(), plan);
  }
};

TEST(PlanHashTest, WhateverChangesWhatWouldRunMakesAnotherHash) {
  const std::function<void(Planned&)> kChanges[] = {
      [](Planned&) {},
      [](Planned& p) { p.database = "projects@other:5432"; },
      [](Planned& p) { p.plan.from = {"001"}; },
      [](Planned& p) { p.plan.to = {"002"}; },
      [](Planned& p) { p.plan.to = {"002b"}; },
      [](Planned& p) { p.plan.steps.clear(); },
      [](Planned& p) { p.plan.steps[0].direction = Direction::kDowngrade; },
      [](Planned& p) { p.revision.upgrade.text += " "; },
      [](Planned& p) { p.revision.upgrade.transactional = false; },
  };
  std::set<std::string> hashes;
  for (const auto& change : kChanges) {
    Planned planned;
    change(planned);
    EXPECT_TRUE(hashes.insert(planned.Hash()).second) << hashes.size();
    EXPECT_EQ(planned.Hash().size(), 64U);
  }
}

TEST(PlanHashTest, WhatDoesNotRunIsNotPartOfIt) {
  Planned other;
  std::swap(other.plan.from[0], other.plan.from[1]);
  other.revision.downgrade.reset();
  other.revision.message = "Another message";
  EXPECT_EQ(other.Hash(), Planned().Hash());
}

}  // namespace
}  // namespace schemaop::testing
