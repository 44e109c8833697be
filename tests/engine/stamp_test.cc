#include "linear_project.h"

namespace schemaop::testing {
namespace {

using Kind = VersionChange::Kind;

class StampTest : public LinearProject {
 protected:
  RunReport Run(const StampPlan& plan) const {
    return Stamp(options_, [&](const DatabaseState&) -> Result<StampPlan> { return plan; },
                 {"a person"}, {});
  }
};

StampPlan To(const RevisionId& revision) {
  return {.from = {},
          .to = {revision},
          .purge = false,
          .steps = {{.from = {},
                     .to = revision,
                     .changes = {{.kind = Kind::kInsert, .from = "", .to = revision}},
                     .heads_after = {revision}}}};
}

TEST_F(StampTest, WritesTheVersionRowAndNothingElse) {
  const auto report = Run(To("003"));
  EXPECT_EQ(report.error, std::nullopt);
  EXPECT_EQ(report.heads, Heads{"003"});
  EXPECT_EQ(Versions(), "003");
  EXPECT_EQ(LedgerWords(), "stamped:003");
  EXPECT_EQ(Query("SELECT actor FROM schemaversion.ledger"), "a person");
}

TEST_F(StampTest, PurgeForgetsEveryRowFirst) {
  ASSERT_EQ(Run(To("a")).error, std::nullopt);
  StampPlan plan = To("b");
  plan.purge = true;
  EXPECT_EQ(Run(plan).error, std::nullopt);
  EXPECT_EQ(Versions(), "b");
}

TEST_F(StampTest, ARowThatIsNotThereIsAConflictAndChangesNothing) {
  StampPlan plan = To("002");
  plan.steps[0].changes[0] = {.kind = Kind::kDelete, .from = "001", .to = ""};
  EXPECT_EQ(Run(plan).error,
            (Error{ErrorCode::kConflict,
                   "expected to match one row when deleting '001' in "
                   "'public.alembic_version'; 0 found: somebody else changed the version table"}));
  EXPECT_FALSE(HasTable("alembic_version"));
}

}  // namespace
}  // namespace schemaop::testing
