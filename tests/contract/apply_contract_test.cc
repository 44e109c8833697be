// Server-side apply.
#include "tests/contract/contract.h"

namespace schemaop::testing {
namespace {

class ApplyContract : public ContractTest {
 protected:
  Answer Apply(const Json& object, const std::string& manager, const std::string& more = "") {
    return Call("PATCH", Path("/a?fieldManager=" + manager + more), object,
                "application/apply-patch+yaml");
  }

  static Json Partial(Json spec) {
    return {{"apiVersion", "schemaversion.io/v1alpha1"},
            {"kind", "SchemaVersion"},
            {"metadata", {{"name", "a"}}},
            {"spec", std::move(spec)}};
  }
};

TEST_F(ApplyContract, ApplyingCreates) {
  const Answer made = Apply(Object("a"), "one");
  EXPECT_EQ(made.status, 201) << made.text;
  EXPECT_EQ(made.body["metadata"]["managedFields"][0]["manager"], "one");
  EXPECT_EQ(made.body["metadata"]["managedFields"][0]["operation"], "Apply");
}

TEST_F(ApplyContract, ApplyingTheSameAgainChangesNothing) {
  Apply(Object("a"), "one");
  // The first write after the creation stores the status default, which counts as a change.
  const Answer second = Apply(Object("a"), "one");
  EXPECT_EQ(Apply(Object("a"), "one").Version(), second.Version());
}

TEST_F(ApplyContract, AnotherManagersFieldIsAConflict) {
  Apply(Object("a"), "one");
  const Answer refused = Apply(Partial({{"targetRevision", "base"}}), "two");
  EXPECT_EQ(refused.status, 409);
  EXPECT_EQ(refused.Reason(), "Conflict");
  EXPECT_EQ(refused.Message(),
            "Apply failed with 1 conflict: conflict with \"one\": .spec.targetRevision");
  EXPECT_EQ(refused.body["details"]["causes"], Json({{{"reason", "FieldManagerConflict"},
                                                      {"message", "conflict with \"one\""},
                                                      {"field", ".spec.targetRevision"}}}));
}

TEST_F(ApplyContract, AFieldSomebodyUpdatedIsAConflictToo) {
  Apply(Object("a"), "one");
  ASSERT_EQ(Call("PATCH", Path("/a?fieldManager=editor"), {{"spec", {{"targetRevision", "base"}}}})
                .status,
            200);
  EXPECT_EQ(
      Apply(Object("a"), "one").Message(),
      "Apply failed with 1 conflict: conflict with \"editor\" using schemaversion.io/v1alpha1: "
      ".spec.targetRevision");
}

TEST_F(ApplyContract, ForceTakesTheField) {
  Apply(Object("a"), "one");
  const Answer forced = Apply(Partial({{"targetRevision", "base"}}), "two", "&force=true");
  EXPECT_EQ(forced.status, 200) << forced.text;
  EXPECT_EQ(forced.body["spec"]["targetRevision"], "base");
  EXPECT_EQ(Apply(Object("a"), "one").status, 409);
}

TEST_F(ApplyContract, TheSameValueIsShared) {
  Apply(Object("a"), "one");
  EXPECT_EQ(Apply(Partial({{"targetRevision", "head"}}), "two").status, 200);
}

TEST_F(ApplyContract, AFieldNoLongerAppliedIsRemoved) {
  Json object = Object("a");
  object["spec"]["database"]["role"] = "owner";
  object["metadata"]["labels"] = {{"team", "x"}};
  Apply(object, "one");
  const Answer without = Apply(Object("a"), "one");
  EXPECT_EQ(without.status, 200) << without.text;
  EXPECT_FALSE(without.body["spec"]["database"].contains("role"));
  EXPECT_FALSE(without.body["metadata"].contains("labels"));
}

TEST_F(ApplyContract, ListMapsAreMergedByKey) {
  Json object = Object("a");
  object["spec"]["migrations"] = {{"configMaps", {{{"name", "one"}}}}};
  Apply(object, "one");
  const Answer both =
      Apply(Partial({{"migrations", {{"configMaps", {{{"name", "two"}}}}}}}), "two");
  ASSERT_EQ(both.status, 200) << both.text;
  EXPECT_EQ(both.body["spec"]["migrations"]["configMaps"].size(), 2u);
}

TEST_F(ApplyContract, TheManagerMustBeNamed) {
  const Answer refused = Call("PATCH", Path("/a"), Object("a"), "application/apply-patch+yaml");
  EXPECT_EQ(refused.status, 422);
  EXPECT_EQ(
      refused.Message(),
      "PatchOptions.meta.k8s.io \"\" is invalid: fieldManager: Required value: is required for "
      "apply patch");
}

TEST_F(ApplyContract, ManagedFieldsCannotBeApplied) {
  Json object = Object("a");
  object["metadata"]["managedFields"] = {{{"manager", "x"}}};
  EXPECT_EQ(Apply(object, "one").Message(), "metadata.managedFields must be nil");
}

}  // namespace
}  // namespace schemaop::testing
