// Creating, changing and deleting objects.
#include "tests/contract/contract.h"

namespace schemaop::testing {
namespace {

const char* const kStale =
    "Operation cannot be fulfilled on schemaversions.schemaversion.io \"a\": the object has been "
    "modified; please apply your changes to the latest version and try again";

class WriteContract : public ContractTest {};

TEST_F(WriteContract, CreationFillsInDefaultsAndServerMetadata) {
  const Json made = Created("a");
  EXPECT_EQ(made["metadata"]["generation"], 1);
  EXPECT_EQ(made["metadata"]["namespace"], ns_);
  EXPECT_EQ(made["metadata"]["uid"].get<std::string>().size(), 36u);
  EXPECT_EQ(made["spec"]["database"]["versionTable"], "alembic_version");
  EXPECT_EQ(made["spec"]["execution"]["lockTimeout"], "1s");
  EXPECT_EQ(made["status"]["observedGeneration"], -1);
}

TEST_F(WriteContract, CreationDropsStatus) {
  Json object = Object("a");
  object["status"] = {{"currentRevision", "001"}};
  const Answer made = Call("POST", Path(), object);
  ASSERT_EQ(made.status, 201) << made.text;
  EXPECT_FALSE(made.body["status"].contains("currentRevision"));
  EXPECT_EQ(made.body["status"]["observedGeneration"], -1);
}

TEST_F(WriteContract, CreatingTwiceIsAlreadyExists) {
  Created("a");
  const Answer again = Call("POST", Path(), Object("a"));
  EXPECT_EQ(again.status, 409);
  EXPECT_EQ(again.Reason(), "AlreadyExists");
  EXPECT_EQ(again.Message(), "schemaversions.schemaversion.io \"a\" already exists");
  EXPECT_EQ(again.body["details"],
            Json({{"name", "a"}, {"group", "schemaversion.io"}, {"kind", "schemaversions"}}));
}

TEST_F(WriteContract, AMissingObjectIsNotFound) {
  const Answer missing = Call("GET", Path("/none"));
  EXPECT_EQ(missing.status, 404);
  EXPECT_EQ(missing.Message(), "schemaversions.schemaversion.io \"none\" not found");
}

TEST_F(WriteContract, AMissingNamespaceIsNotFound) {
  const Answer missing = Call(
      "POST", "/apis/schemaversion.io/v1alpha1/namespaces/nowhere/schemaversions", Object("a"));
  EXPECT_EQ(missing.status, 404);
  EXPECT_EQ(missing.Message(), "namespaces \"nowhere\" not found");
}

TEST_F(WriteContract, GenerateNameAppendsASuffix) {
  Json object = Object("");
  object["metadata"] = {{"generateName", "run-"}};
  const Answer made = Call("POST", Path(), object);
  ASSERT_EQ(made.status, 201) << made.text;
  EXPECT_EQ(made.body["metadata"]["name"].get<std::string>().size(), 9u);
}

TEST_F(WriteContract, AnInvalidObjectIsRefusedWithOneCausePerField) {
  Json object = Object("a");
  object["spec"]["policy"]["downgrade"] = "Maybe";
  object["spec"]["suspend"] = "yes";
  object["spec"]["database"].erase("secretRef");
  const Answer refused = Call("POST", Path(), object);
  ASSERT_EQ(refused.status, 422) << refused.text;
  EXPECT_EQ(refused.Reason(), "Invalid");
  std::map<std::string, std::string> causes;
  for (const Json& cause : refused.body["details"]["causes"]) {
    causes[cause["field"].get<std::string>()] = cause["message"].get<std::string>();
  }
  EXPECT_EQ(
      causes["spec.policy.downgrade"],
      "Unsupported value: \"Maybe\": supported values: \"Allow\", \"RequireApproval\", \"Deny\"");
  EXPECT_EQ(causes["spec.suspend"],
            "Invalid value: \"string\": spec.suspend in body must be of type boolean: \"string\"");
  EXPECT_EQ(causes["spec.database.secretRef"], "Required value");
}

TEST_F(WriteContract, APatternIsNamedInTheRefusal) {
  Json object = Object("a");
  object["spec"]["targetRevision"] = "+1";
  const Answer refused = Call("POST", Path(), object);
  ASSERT_EQ(refused.status, 422) << refused.text;
  EXPECT_NE(
      refused.Message().find("spec.targetRevision: Invalid value: \"+1\": spec.targetRevision in "
                             "body should match '"),
      std::string::npos)
      << refused.Message();
}

TEST_F(WriteContract, TwoSourcesAreRefusedWithoutCel) {
  Json object = Object("a");
  object["spec"]["migrations"]["inline"] = {{"001.sql", "-- x"}};
  EXPECT_EQ(Call("POST", Path(), object).status, 422);
}

TEST_F(WriteContract, AnIllegalNameIsRefused) {
  const Answer refused = Call("POST", Path(), Object("Not_A_Name"));
  ASSERT_EQ(refused.status, 422);
  EXPECT_EQ(refused.body["details"]["causes"][0]["field"], "metadata.name");
}

TEST_F(WriteContract, UnknownFieldsArePruned) {
  Json object = Object("a");
  object["spec"]["nonsense"] = 1;
  const Answer made = Call("POST", Path(), object);
  ASSERT_EQ(made.status, 201) << made.text;
  EXPECT_FALSE(made.body["spec"].contains("nonsense"));
}

TEST_F(WriteContract, StrictFieldValidationRefusesUnknownFields) {
  if (ServerMinor() < 27) GTEST_SKIP() << "field validation on the server came with 1.27";
  Json object = Object("a");
  object["spec"]["nonsense"] = 1;
  const Answer refused = Call("POST", Path("?fieldValidation=Strict"), object);
  EXPECT_EQ(refused.status, 400);
  EXPECT_EQ(refused.Message(),
            "SchemaVersion in version \"v1alpha1\" cannot be handled as a SchemaVersion: strict "
            "decoding error: unknown field \"spec.nonsense\"");
}

TEST_F(WriteContract, DryRunChangesNothing) {
  EXPECT_EQ(Call("POST", Path("?dryRun=All"), Object("a")).status, 201);
  EXPECT_EQ(Call("GET", Path("/a")).status, 404);
}

TEST_F(WriteContract, AMalformedBodyIsABadRequest) {
  const Answer refused = CallText("POST", Path(), "{\"kind\":", "application/json");
  EXPECT_EQ(refused.status, 400);
  EXPECT_EQ(refused.Reason(), "BadRequest");
}

TEST_F(WriteContract, ABodyOfAnotherVersionIsABadRequest) {
  Json object = Object("a");
  object["apiVersion"] = "schemaversion.io/v9";
  EXPECT_EQ(
      Call("POST", Path(), object).Message(),
      "the API version in the data (schemaversion.io/v9) does not match the expected API version "
      "(schemaversion.io/v1alpha1)");
}

TEST_F(WriteContract, GenerationCountsSpecChangesOnly) {
  Created("a");
  EXPECT_EQ(Call("PATCH", Path("/a"), {{"metadata", {{"labels", {{"x", "y"}}}}}})
                .body["metadata"]["generation"],
            1);
  EXPECT_EQ(Call("PATCH", Path("/a/status"), {{"status", {{"pending", 2}}}})
                .body["metadata"]["generation"],
            1);
  EXPECT_EQ(
      Call("PATCH", Path("/a"), {{"spec", {{"suspend", true}}}}).body["metadata"]["generation"], 2);
}

TEST_F(WriteContract, AWriteThatChangesNothingKeepsTheVersion) {
  Created("a");
  // The first write after the creation stores the status default, which counts as a change.
  const Answer first = Call("PATCH", Path("/a"), {{"spec", {{"suspend", true}}}});
  const Answer same = Call("PATCH", Path("/a"), {{"spec", {{"suspend", true}}}});
  EXPECT_EQ(same.status, 200);
  EXPECT_EQ(same.Version(), first.Version());
}

TEST_F(WriteContract, StatusAndSpecAreSeparateDoors) {
  Created("a");
  const Answer status =
      Call("PATCH", Path("/a/status"),
           {{"status", {{"currentRevision", "001"}}}, {"spec", {{"suspend", true}}}});
  ASSERT_EQ(status.status, 200) << status.text;
  EXPECT_EQ(status.body["status"]["currentRevision"], "001");
  EXPECT_EQ(status.body["spec"]["suspend"], false);
  const Answer spec = Call("PATCH", Path("/a"), {{"status", {{"currentRevision", "002"}}}});
  EXPECT_EQ(spec.body["status"]["currentRevision"], "001");
}

TEST_F(WriteContract, StatusIsValidatedToo) {
  Created("a");
  const Answer refused = Call("PATCH", Path("/a/status"),
                              {{"status",
                                {{"conditions",
                                  {{{"type", "Ready"},
                                    {"status", "Perhaps"},
                                    {"reason", "X"},
                                    {"message", ""},
                                    {"lastTransitionTime", "2026-01-01T00:00:00Z"}}}}}}});
  EXPECT_EQ(refused.status, 422) << refused.text;
}

TEST_F(WriteContract, APatchWithAnOldVersionIsAConflict) {
  const Json made = Created("a");
  ASSERT_EQ(Call("PATCH", Path("/a"), {{"spec", {{"suspend", true}}}}).status, 200);
  for (const char* door : {"/a", "/a/status"}) {
    const Answer stale =
        Call("PATCH", Path(door),
             {{"metadata", {{"resourceVersion", made["metadata"]["resourceVersion"]}}},
              {"status", {{"pending", 1}}},
              {"spec", {{"suspend", false}}}});
    EXPECT_EQ(stale.status, 409);
    EXPECT_EQ(stale.Reason(), "Conflict");
    EXPECT_EQ(stale.Message(), kStale);
  }
}

TEST_F(WriteContract, APatchWithAnotherUidIsRefused) {
  Created("a");
  const Answer refused =
      Call("PATCH", Path("/a"), {{"metadata", {{"uid", "other"}}}, {"spec", {{"suspend", true}}}});
  EXPECT_EQ(refused.status, 422) << refused.text;
  EXPECT_EQ(refused.body["details"]["causes"][0]["field"], "metadata.uid");
}

TEST_F(WriteContract, AUidDoesNotGuardAStatusPatchButAVersionDoes) {
  Created("a");
  const Json status = {{"pending", 1}};
  EXPECT_EQ(Call("PATCH", Path("/a/status"), {{"metadata", {{"uid", "other"}}}, {"status", status}})
                .status,
            200);
  EXPECT_EQ(Call("PATCH", Path("/a/status"),
                 {{"metadata", {{"resourceVersion", "1"}}}, {"status", status}})
                .status,
            409);
}

TEST_F(WriteContract, ReplacingNeedsTheVersion) {
  Created("a");
  const Answer refused = Call("PUT", Path("/a"), Object("a"));
  EXPECT_EQ(refused.status, 422);
  EXPECT_EQ(
      refused.Message(),
      "schemaversions.schemaversion.io \"a\" is invalid: metadata.resourceVersion: Invalid value: "
      "0x0: must be specified for an update");
}

TEST_F(WriteContract, ReplacingAnOldVersionIsAConflict) {
  Json made = Created("a");
  made["metadata"]["resourceVersion"] = "1";
  const Answer stale = Call("PUT", Path("/a"), made);
  EXPECT_EQ(stale.status, 409);
  EXPECT_EQ(stale.Message(), kStale);
}

TEST_F(WriteContract, AMergePatchRemovesByNullAndReplacesLists) {
  Json object = Object("a");
  object["spec"]["database"]["searchPath"] = {"one", "two"};
  ASSERT_EQ(Call("POST", Path(), object).status, 201);
  const Answer lists =
      Call("PATCH", Path("/a"), {{"spec", {{"database", {{"searchPath", {"three"}}}}}}});
  EXPECT_EQ(lists.body["spec"]["database"]["searchPath"], Json({"three"}));
  const Answer gone =
      Call("PATCH", Path("/a"), {{"spec", {{"database", {{"searchPath", nullptr}}}}}});
  EXPECT_FALSE(gone.body["spec"]["database"].contains("searchPath"));
  EXPECT_EQ(gone.body["spec"]["database"]["secretRef"]["name"], "projects-db");
}

TEST_F(WriteContract, AJsonPatchTestsBeforeItChanges) {
  Created("a");
  const char* type = "application/json-patch+json";
  const Json change = {{"op", "replace"}, {"path", "/spec/suspend"}, {"value", true}};
  const Answer refused =
      Call("PATCH", Path("/a"),
           {{{"op", "test"}, {"path", "/spec/suspend"}, {"value", true}}, change}, type);
  EXPECT_EQ(refused.status, 422);
  EXPECT_EQ(refused.Message(), "the server rejected our request due to an error in our request");
  const Answer done =
      Call("PATCH", Path("/a"),
           {{{"op", "test"}, {"path", "/spec/suspend"}, {"value", false}}, change}, type);
  EXPECT_EQ(done.status, 200) << done.text;
  EXPECT_EQ(done.body["spec"]["suspend"], true);
}

TEST_F(WriteContract, CustomResourcesTakeNoStrategicMergePatch) {
  Created("a");
  const Answer refused =
      Call("PATCH", Path("/a"), Json::object(), "application/strategic-merge-patch+json");
  EXPECT_EQ(refused.status, 415);
  EXPECT_EQ(refused.Reason(), "UnsupportedMediaType");
}

TEST_F(WriteContract, DeletingAnswersWithAStatusOfTheObject) {
  const Json made = Created("a");
  const Answer gone = Call("DELETE", Path("/a"));
  EXPECT_EQ(gone.status, 200);
  EXPECT_EQ(gone.body["status"], "Success");
  EXPECT_EQ(gone.body["details"]["uid"], made["metadata"]["uid"]);
  EXPECT_EQ(Call("DELETE", Path("/a")).status, 404);
}

TEST_F(WriteContract, DeletionPreconditionsAreChecked) {
  const Json made = Created("a");
  const Answer uid = Call("DELETE", Path("/a"), {{"preconditions", {{"uid", "other"}}}});
  EXPECT_EQ(uid.status, 409);
  EXPECT_EQ(uid.Message(),
            "Operation cannot be fulfilled on SchemaVersion.schemaversion.io \"a\": the UID in the "
            "precondition (other) does not match the UID in record (" +
                made["metadata"]["uid"].get<std::string>() +
                "). The object might have been deleted and then recreated");
  EXPECT_EQ(Call("DELETE", Path("/a"), {{"preconditions", {{"resourceVersion", "1"}}}}).status,
            409);
}

TEST_F(WriteContract, FinalizersHoldADeletedObject) {
  Created("a");
  const auto finalizers = [](Json list) {
    return Json{{"metadata", {{"finalizers", std::move(list)}}}};
  };
  ASSERT_EQ(Call("PATCH", Path("/a"), finalizers({"x.io/one"})).status, 200);
  const Answer dying = Call("DELETE", Path("/a"));
  EXPECT_EQ(dying.status, 200);
  EXPECT_TRUE(dying.body["metadata"].contains("deletionTimestamp"));
  EXPECT_EQ(dying.body["metadata"]["generation"], 2);
  const Answer more = Call("PATCH", Path("/a"), finalizers({"x.io/one", "x.io/two"}));
  EXPECT_EQ(more.status, 422);
  EXPECT_NE(
      more.Message().find("no new finalizers can be added if the object is being deleted, found "
                          "new finalizers []string{\"x.io/two\"}"),
      std::string::npos)
      << more.Message();
  EXPECT_EQ(Call("PATCH", Path("/a"), finalizers(Json::array())).status, 200);
  EXPECT_EQ(Call("GET", Path("/a")).status, 404);
}

TEST_F(WriteContract, DeletingACollectionHonoursTheSelector) {
  Created("a");
  Json labelled = Object("b");
  labelled["metadata"]["labels"] = {{"team", "x"}};
  ASSERT_EQ(Call("POST", Path(), labelled).status, 201);
  EXPECT_EQ(Call("DELETE", Path("?labelSelector=team%3Dx")).status, 200);
  EXPECT_EQ(Call("GET", Path("/b")).status, 404);
  EXPECT_EQ(Call("GET", Path("/a")).status, 200);
}

}  // namespace
}  // namespace schemaop::testing
