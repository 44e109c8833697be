// The real kubectl against the server.
#include "tests/contract/contract.h"

namespace schemaop::testing {
namespace {

class KubectlContract : public ContractTest {
 protected:
  void SetUp() override {
    if (Under().cluster().kubectl.empty()) GTEST_SKIP() << "no kubectl on PATH";
    ContractTest::SetUp();
  }

  static std::string Manifest(const std::string& target = "head") {
    return "apiVersion: schemaversion.io/v1alpha1\nkind: SchemaVersion\nmetadata: {name: "
           "projects}\n"
           "spec:\n  targetRevision: " +
           target +
           "\n  database: {secretRef: {name: projects-db}}\n  migrations: {path: projects}\n";
  }

  void SetReady(int generation) {
    const Answer done = Call("PATCH", Path("/projects/status"),
                             {{"status",
                               {{"observedGeneration", generation},
                                {"conditions",
                                 {{{"type", "Ready"},
                                   {"status", "True"},
                                   {"reason", "UpToDate"},
                                   {"message", "at the target"},
                                   {"observedGeneration", generation},
                                   {"lastTransitionTime", "2026-01-01T00:00:00Z"}}}}}}});
    ASSERT_EQ(done.status, 200) << done.text;
  }
};

TEST_F(KubectlContract, ApplyCreatesConfiguresAndLeavesAlone) {
  EXPECT_EQ(Kubectl({"apply", "-f", "-"}, Manifest()).out,
            "schemaversion.schemaversion.io/projects created\n");
  EXPECT_EQ(Kubectl({"apply", "-f", "-"}, Manifest()).out,
            "schemaversion.schemaversion.io/projects unchanged\n");
  EXPECT_EQ(Kubectl({"apply", "-f", "-"}, Manifest("base")).out,
            "schemaversion.schemaversion.io/projects configured\n");
}

TEST_F(KubectlContract, ApplyRefusesAnUnknownField) {
  const RunResult refused = Kubectl({"apply", "-f", "-"}, Manifest() + "  nonsense: 1\n");
  EXPECT_EQ(refused.exit_code, 1);
  EXPECT_NE(refused.err.find("unknown field"), std::string::npos) << refused.err;
}

TEST_F(KubectlContract, GetPrintsTheColumns) {
  Kubectl({"apply", "-f", "-"}, Manifest());
  SetReady(1);
  const RunResult got = Kubectl({"get", "sv"});
  EXPECT_EQ(got.out.substr(0, got.out.find('\n')),
            "NAME       DATABASE   CURRENT   TARGET   PENDING   READY   REASON     AGE");
  EXPECT_NE(got.out.find("True    UpToDate"), std::string::npos) << got.out;
  EXPECT_NE(Kubectl({"get", "sv", "-o", "wide"}).out.find("at the target"), std::string::npos);
  EXPECT_NE(Kubectl({"get", "sv", "-A"}).out.find(ns_), std::string::npos);
}

TEST_F(KubectlContract, GetByShortNameCategoryAndPath) {
  Kubectl({"apply", "-f", "-"}, Manifest());
  EXPECT_EQ(Kubectl({"get", "sv,cm", "-o", "name", "-l", "none=such"}).out, "");
  EXPECT_NE(
      Kubectl({"get", "db", "-o", "name"}).out.find("schemaversion.schemaversion.io/projects\n"),
      std::string::npos);
  EXPECT_EQ(Kubectl({"get", "sv", "projects", "-o", "jsonpath={.spec.targetRevision}"}).out,
            "head");
}

TEST_F(KubectlContract, WatchPrintsChanges) {
  Kubectl({"apply", "-f", "-"}, Manifest());
  ChildProcess watch(KubectlOptions({"get", "sv", "-w"}));
  ASSERT_TRUE(WaitUntil([&] { return watch.Out().find("projects") != std::string::npos; }))
      << watch.Err();
  SetReady(1);
  EXPECT_TRUE(WaitUntil([&] { return watch.Out().find("UpToDate") != std::string::npos; }))
      << watch.Out();
}

TEST_F(KubectlContract, WaitHonoursObservedGeneration) {
  Kubectl({"apply", "-f", "-"}, Manifest());
  SetReady(0);
  EXPECT_EQ(Kubectl({"wait", "--for=condition=Ready", "sv/projects", "--timeout=1s"}).exit_code, 1);
  SetReady(1);
  EXPECT_EQ(Kubectl({"wait", "--for=condition=Ready", "sv/projects", "--timeout=20s"}).out,
            "schemaversion.schemaversion.io/projects condition met\n");
}

TEST_F(KubectlContract, WaitSeesADeletion) {
  Kubectl({"apply", "-f", "-"}, Manifest());
  EXPECT_EQ(Kubectl({"delete", "sv", "projects"}).exit_code, 0);
  EXPECT_EQ(
      Kubectl({"get", "sv", "projects"}).err,
      "Error from server (NotFound): schemaversions.schemaversion.io \"projects\" not found\n");
}

TEST_F(KubectlContract, PatchShowsTheServersCauses) {
  Kubectl({"apply", "-f", "-"}, Manifest());
  const RunResult refused = Kubectl({"patch", "sv", "projects", "--type=merge", "-p",
                                     R"({"spec":{"policy":{"downgrade":"Maybe"}}})"});
  EXPECT_EQ(refused.exit_code, 1);
  EXPECT_EQ(refused.err,
            "The SchemaVersion \"projects\" is invalid: spec.policy.downgrade: Unsupported value: "
            "\"Maybe\": "
            "supported values: \"Allow\", \"RequireApproval\", \"Deny\"\n");
}

TEST_F(KubectlContract, EditSendsAMergePatch) {
  Kubectl({"apply", "-f", "-"}, Manifest());
  ProcessOptions edit = KubectlOptions({"edit", "sv", "projects"});
  edit.environment["EDITOR"] = "sed -i s/targetRevision:.head/targetRevision:\\ base/";
  const RunResult done = schemaop::testing::Run(edit);
  EXPECT_EQ(done.out, "schemaversion.schemaversion.io/projects edited\n") << done.err;
  EXPECT_EQ(Kubectl({"get", "sv", "projects", "-o", "jsonpath={.spec.targetRevision}"}).out,
            "base");
}

TEST_F(KubectlContract, ServerSideApplyPrintsTheConflict) {
  EXPECT_EQ(Kubectl({"apply", "--server-side", "-f", "-"}, Manifest()).out,
            "schemaversion.schemaversion.io/projects serverside-applied\n");
  const RunResult refused =
      Kubectl({"apply", "--server-side", "--field-manager=other", "-f", "-"}, Manifest("base"));
  EXPECT_EQ(refused.exit_code, 1);
  EXPECT_NE(refused.err.find("conflict with \"kubectl\": .spec.targetRevision"), std::string::npos)
      << refused.err;
}

TEST_F(KubectlContract, LabelAnnotateAndReplaceWork) {
  Kubectl({"apply", "-f", "-"}, Manifest());
  EXPECT_EQ(Kubectl({"label", "sv", "projects", "team=x"}).exit_code, 0);
  EXPECT_EQ(Kubectl({"annotate", "sv", "projects", "schemaversion.io/requestedAt=now"}).exit_code,
            0);
  const RunResult got = Kubectl({"get", "sv", "projects", "-o", "json"});
  EXPECT_EQ(Json::parse(got.out)["metadata"]["labels"]["team"], "x");
  EXPECT_EQ(Kubectl({"replace", "-f", "-"}, got.out).exit_code, 0);
}

TEST_F(KubectlContract, DiffShowsWhatApplyWouldChange) {
  Kubectl({"apply", "-f", "-"}, Manifest());
  EXPECT_EQ(Kubectl({"diff", "-f", "-"}, Manifest()).exit_code, 0);
  const RunResult differs = Kubectl({"diff", "-f", "-"}, Manifest("base"));
  EXPECT_EQ(differs.exit_code, 1);
  EXPECT_NE(differs.out.find("+  targetRevision: base"), std::string::npos)
      << differs.out << differs.err;
}

TEST_F(KubectlContract, DescribeShowsEvents) {
  Kubectl({"apply", "-f", "-"}, Manifest());
  const std::string uid = Kubectl({"get", "sv", "projects", "-o", "jsonpath={.metadata.uid}"}).out;
  const Answer event = Call("POST", "/apis/events.k8s.io/v1/namespaces/" + ns_ + "/events",
                            {{"apiVersion", "events.k8s.io/v1"},
                             {"kind", "Event"},
                             {"metadata", {{"name", "e"}, {"namespace", ns_}}},
                             {"eventTime", "2026-01-01T00:00:00.000000Z"},
                             {"action", "Migrate"},
                             {"reason", "RevisionApplied"},
                             {"type", "Normal"},
                             {"note", "applied 001 in 12 ms"},
                             {"reportingController", "schemaversion.io/schema-operator"},
                             {"reportingInstance", "pod-1"},
                             {"regarding",
                              {{"apiVersion", "schemaversion.io/v1alpha1"},
                               {"kind", "SchemaVersion"},
                               {"name", "projects"},
                               {"namespace", ns_},
                               {"uid", uid}}}});
  ASSERT_EQ(event.status, 201) << event.text;
  const RunResult described = Kubectl({"describe", "sv", "projects"});
  EXPECT_NE(described.out.find("applied 001 in 12 ms"), std::string::npos)
      << described.out << described.err;
}

TEST_F(KubectlContract, ExplainReadsTheDescriptions) {
  // Older servers publish what explain reads as OpenAPI v2 only, a moment after the kind is served.
  std::vector<std::string> arguments = {"explain", "schemaversions.spec.policy.downgrade"};
  if (ServerMinor() < 27) arguments.push_back("--output=plaintext-openapiv2");
  RunResult explained;
  ASSERT_TRUE(WaitUntil([&] {
    explained = Kubectl(arguments);
    return explained.exit_code == 0;
  })) << explained.err;
  EXPECT_NE(explained.out.find("SchemaVersion"), std::string::npos) << explained.out;
}

TEST_F(KubectlContract, CreateMakesSecretsConfigMapsAndAccounts) {
  EXPECT_EQ(Kubectl({"create", "secret", "generic", "s", "--from-literal=uri=postgres://x"}).out,
            "secret/s created\n");
  EXPECT_EQ(Kubectl({"get", "secret", "s", "-o", "jsonpath={.data.uri}"}).out, "cG9zdGdyZXM6Ly94");
  EXPECT_EQ(Kubectl({"create", "configmap", "c", "--from-literal=001.sql=SELECT 1"}).out,
            "configmap/c created\n");
  EXPECT_EQ(Kubectl({"get", "cm", "c", "-o", "jsonpath={.data.001\\.sql}"}).out, "SELECT 1");
  EXPECT_EQ(Kubectl({"create", "serviceaccount", "a"}).out, "serviceaccount/a created\n");
}

TEST_F(KubectlContract, AuthCanIAnswers) {
  EXPECT_EQ(Kubectl({"auth", "can-i", "get", "schemaversions"}).out, "yes\n");
}

}  // namespace
}  // namespace schemaop::testing
