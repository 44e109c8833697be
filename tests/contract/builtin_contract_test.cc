// The built-in kinds the operator uses: Secrets, ConfigMaps, Leases, Events, Namespaces.
#include "tests/contract/contract.h"

namespace schemaop::testing {
namespace {

class BuiltinContract : public ContractTest {
 protected:
  std::string EventsPath() const { return "/apis/events.k8s.io/v1/namespaces/" + ns_ + "/events"; }

  Json Event(const std::string& name) const {
    return {{"apiVersion", "events.k8s.io/v1"},
            {"kind", "Event"},
            {"metadata", {{"name", name}, {"namespace", ns_}}},
            {"eventTime", "2026-01-01T00:00:00.000000Z"},
            {"reportingController", "schemaversion.io/schema-operator"},
            {"reportingInstance", "pod-1"},
            {"action", "Migrate"},
            {"reason", "RevisionApplied"},
            {"type", "Normal"},
            {"note", "applied 001"},
            {"regarding",
             {{"apiVersion", "schemaversion.io/v1alpha1"},
              {"kind", "SchemaVersion"},
              {"name", "a"},
              {"namespace", ns_},
              {"uid", "u-1"}}}};
  }

  std::string LeasePath(const std::string& rest = "") const {
    return "/apis/coordination.k8s.io/v1/namespaces/" + ns_ + "/leases" + rest;
  }

  static Json Lease(const std::string& time) {
    return {{"apiVersion", "coordination.k8s.io/v1"},
            {"kind", "Lease"},
            {"metadata", {{"name", "l"}}},
            {"spec",
             {{"holderIdentity", "me"},
              {"leaseDurationSeconds", 15},
              {"leaseTransitions", 0},
              {"acquireTime", time},
              {"renewTime", time}}}};
  }
};

TEST_F(BuiltinContract, StringDataOfASecretBecomesData) {
  const Answer made = Call("POST", CorePath("secrets"),
                           {{"apiVersion", "v1"},
                            {"kind", "Secret"},
                            {"metadata", {{"name", "s"}}},
                            {"stringData", {{"uri", "postgres://x"}}}});
  ASSERT_EQ(made.status, 201) << made.text;
  EXPECT_EQ(made.body["data"]["uri"], "cG9zdGdyZXM6Ly94");
  EXPECT_FALSE(made.body.contains("stringData"));
  EXPECT_EQ(made.body["type"], "Opaque");
}

TEST_F(BuiltinContract, SecretDataMustBeBase64) {
  const Answer refused = Call("POST", CorePath("secrets"),
                              {{"apiVersion", "v1"},
                               {"kind", "Secret"},
                               {"metadata", {{"name", "s"}}},
                               {"data", {{"uri", "not base64!"}}}});
  EXPECT_EQ(refused.status, 400);
}

TEST_F(BuiltinContract, AConfigMapKeyIsChecked) {
  const Answer refused = Call("POST", CorePath("configmaps"),
                              {{"apiVersion", "v1"},
                               {"kind", "ConfigMap"},
                               {"metadata", {{"name", "c"}}},
                               {"data", {{"a/b.sql", "x"}}}});
  EXPECT_EQ(refused.status, 422);
  EXPECT_EQ(refused.body["details"]["causes"][0]["field"], "data[a/b.sql]");
}

TEST_F(BuiltinContract, ConfigMapsTakeAStrategicMergePatchAndHaveNoGeneration) {
  const Answer made = Call("POST", CorePath("configmaps"),
                           {{"apiVersion", "v1"},
                            {"kind", "ConfigMap"},
                            {"metadata", {{"name", "c"}}},
                            {"data", {{"a.sql", "1"}, {"b.sql", "2"}}}});
  ASSERT_EQ(made.status, 201) << made.text;
  EXPECT_FALSE(made.body["metadata"].contains("generation"));
  const Answer patched = Call("PATCH", CorePath("configmaps/c"), {{"data", {{"a.sql", nullptr}}}},
                              "application/strategic-merge-patch+json");
  EXPECT_EQ(patched.body["data"], Json({{"b.sql", "2"}})) << patched.text;
}

TEST_F(BuiltinContract, ALeaseIsReplacedOnlyAtItsVersion) {
  const Answer made = Call("POST", LeasePath(), Lease("2026-01-01T00:00:00.123456Z"));
  ASSERT_EQ(made.status, 201) << made.text;
  EXPECT_EQ(made.body["spec"]["renewTime"], "2026-01-01T00:00:00.123456Z");
  Json next = made.body;
  next["spec"]["renewTime"] = "2026-01-01T00:00:02.123456Z";
  EXPECT_EQ(Call("PUT", LeasePath("/l"), next).status, 200);
  const Answer stale = Call("PUT", LeasePath("/l"), next);
  EXPECT_EQ(stale.status, 409);
  EXPECT_EQ(
      stale.Message(),
      "Operation cannot be fulfilled on leases.coordination.k8s.io \"l\": the object has been "
      "modified; please apply your changes to the latest version and try again");
}

TEST_F(BuiltinContract, ALeaseTimeNeedsMicroseconds) {
  const Answer refused = Call("POST", LeasePath(), Lease("2026-01-01T00:00:00Z"));
  EXPECT_EQ(refused.status, 400) << refused.text;
}

TEST_F(BuiltinContract, ALeaseDurationIsPositive) {
  Json lease = Lease("2026-01-01T00:00:00.000000Z");
  lease["spec"]["leaseDurationSeconds"] = 0;
  EXPECT_EQ(Call("POST", LeasePath(), lease).status, 422);
}

TEST_F(BuiltinContract, BothEventApisShowTheSameObjects) {
  const Answer made = Call("POST", EventsPath(), Event("e"));
  ASSERT_EQ(made.status, 201) << made.text;
  const Answer core = Call(
      "GET",
      CorePath("events?fieldSelector=involvedObject.name%3Da,involvedObject.kind%3DSchemaVersion"));
  ASSERT_EQ(core.body["items"].size(), 1u) << core.text;
  EXPECT_EQ(core.body["items"][0]["message"], "applied 001");
  EXPECT_EQ(core.body["items"][0]["reportingComponent"], "schemaversion.io/schema-operator");
}

TEST_F(BuiltinContract, AnEventIsValidatedStrictly) {
  const std::vector<std::pair<const char*, Json>> wrong = {{"eventTime", nullptr},
                                                           {"type", "Bad"},
                                                           {"action", ""},
                                                           {"reason", std::string(129, 'x')},
                                                           {"note", std::string(1025, 'x')},
                                                           {"reportingController", "not a name"},
                                                           {"reportingInstance", ""}};
  for (const auto& [field, value] : wrong) {
    Json event = Event("e");
    event[field] = value;
    const Answer refused = Call("POST", EventsPath(), event);
    EXPECT_EQ(refused.status, 422) << field << ": " << refused.text;
  }
}

TEST_F(BuiltinContract, AnEventStaysInTheNamespaceOfItsObject) {
  if (ServerMinor() < 27) GTEST_SKIP() << "older servers let this pass";
  Json event = Event("e");
  event["regarding"]["namespace"] = "elsewhere";
  EXPECT_EQ(Call("POST", EventsPath(), event).status, 422);
}

TEST_F(BuiltinContract, AnEventSeriesIsCountedByPatch) {
  ASSERT_EQ(Call("POST", EventsPath(), Event("e")).status, 201);
  const Answer counted =
      Call("PATCH", EventsPath() + "/e",
           {{"series", {{"count", 2}, {"lastObservedTime", "2026-01-01T00:01:00.000000Z"}}}});
  EXPECT_EQ(counted.status, 200) << counted.text;
  EXPECT_EQ(counted.body["series"]["count"], 2);
}

TEST_F(BuiltinContract, AnEventsTextCannotChange) {
  if (ServerMinor() < 27) GTEST_SKIP() << "older servers let this pass";
  ASSERT_EQ(Call("POST", EventsPath(), Event("e")).status, 201);
  EXPECT_EQ(Call("PATCH", EventsPath() + "/e", {{"note", "another"}}).status, 422);
}

TEST_F(BuiltinContract, ADyingNamespaceTakesNothingNew) {
  Created("held");
  ASSERT_EQ(Call("PATCH", Path("/held"), {{"metadata", {{"finalizers", {"x.io/hold"}}}}}).status,
            200);
  ASSERT_EQ(Call("DELETE", "/api/v1/namespaces/" + ns_).status, 200);
  Answer refused;
  ASSERT_TRUE(WaitUntil([&] {
    refused =
        Call("POST", CorePath("configmaps"),
             {{"apiVersion", "v1"}, {"kind", "ConfigMap"}, {"metadata", {{"generateName", "c-"}}}});
    return refused.status != 201;
  }));
  EXPECT_EQ(refused.status, 403);
  EXPECT_EQ(refused.body["details"]["causes"][0]["reason"], "NamespaceTerminating") << refused.text;
}

TEST_F(BuiltinContract, AWrongTokenIsUnauthorized) {
  if (Under().cluster().token.empty())
    GTEST_SKIP() << "started without tokens: kubectl sends none over http";
  const Answer refused = Call("GET", Path(), nullptr, "", {{"Authorization", "Bearer wrong"}});
  EXPECT_EQ(refused.status, 401);
  EXPECT_EQ(refused.Reason(), "Unauthorized");
  EXPECT_EQ(refused.Message(), "Unauthorized");
}

TEST_F(BuiltinContract, HealthAndVersionAnswer) {
  EXPECT_EQ(Call("GET", "/readyz").text, "ok");
  EXPECT_TRUE(Call("GET", "/version").body.contains("gitVersion"));
}

TEST_F(BuiltinContract, AReviewSaysWhatIsAllowed) {
  const Answer review =
      Call("POST", "/apis/authorization.k8s.io/v1/selfsubjectaccessreviews",
           {{"apiVersion", "authorization.k8s.io/v1"},
            {"kind", "SelfSubjectAccessReview"},
            {"spec", {{"resourceAttributes", {{"verb", "get"}, {"resource", "pods"}}}}}});
  EXPECT_EQ(review.status, 201) << review.text;
  EXPECT_EQ(review.body["status"]["allowed"], true);
}

}  // namespace
}  // namespace schemaop::testing
