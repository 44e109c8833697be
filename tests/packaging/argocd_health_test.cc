// What Argo CD's own interpreter says of a SchemaVersion, by the script of manifests/argocd.
#include <array>
#include <map>
#include <string>
#include <utility>

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>
#include <yaml-cpp/yaml.h>

#include "policy/reason.h"
#include "process/process.h"
#include "test_paths.h"

namespace schemaop {
namespace {

using nlohmann::json;
using testing::RunResult;

constexpr std::array kReasons = {
    Reason::kUpToDate,         Reason::kSuspended,       Reason::kMigrating,
    Reason::kWaitingForLock,   Reason::kRetrying,        Reason::kDatabaseUnreachable,
    Reason::kAwaitingApproval, Reason::kSpecInvalid,     Reason::kSourceInvalid,
    Reason::kSecretInvalid,    Reason::kTargetNotFound,  Reason::kUnknownRevision,
    Reason::kChecksumMismatch, Reason::kDowngradeDenied, Reason::kMigrationFailed,
    Reason::kRehearsing,       Reason::kRehearsalFailed, Reason::kRehearsalDenied,
    Reason::kInDoubt,          Reason::kPoolerDetected,  Reason::kBaselineRequired,
    Reason::kPrivilegeRefused, Reason::kDriftBlocked};

// A Lua literal. Lua's decimal escapes cover every byte.
std::string Lua(const json& value) {
  std::string text;
  if (value.is_object()) {
    for (const auto& [key, member] : value.items())
      text += "[\"" + key + "\"]=" + Lua(member) + ",";
    return "{" + text + "}";
  }
  if (value.is_array()) {
    for (const json& member : value) text += Lua(member) + ",";
    return "{" + text + "}";
  }
  return value.dump();
}

json Condition(const char* type, bool status, Reason reason) {
  return {{"type", type},
          {"status", status ? "True" : "False"},
          {"reason", TraitsOf(reason).name},
          {"message", "what it is"}};
}

// The object as the operator leaves it for this reason (policy/next_status).
json Object(Reason reason) {
  const ReasonTraits::Kind kind = TraitsOf(reason).kind;
  json conditions = json::array();
  conditions.push_back(Condition("Ready", kind == ReasonTraits::Kind::kReady, reason));
  if (kind == ReasonTraits::Kind::kReconciling) {
    conditions.push_back(Condition("Reconciling", true, reason));
  }
  if (kind == ReasonTraits::Kind::kStalled) {
    conditions.push_back(Condition("Stalled", true, reason));
  }
  return {{"metadata", {{"generation", 2}}},
          {"spec", {{"suspend", reason == Reason::kSuspended}}},
          {"status", {{"observedGeneration", 2}, {"conditions", conditions}}}};
}

class ArgoCdHealthTest : public ::testing::Test {
 protected:
  std::string Health(const json& object) const {
    testing::WriteFile(folder_.path() / "health.lua", script_);
    const std::string program = "obj = " + Lua(object) +
                                "\nlocal health = dofile(arg[1])\n"
                                "print(health.status .. \"|\" .. health.message)";
    testing::WriteFile(folder_.path() / "main.lua", program);
    const RunResult ran =
        testing::Run({.arguments = {"lua5.1", (folder_.path() / "main.lua").string(),
                                    (folder_.path() / "health.lua").string()}});
    return ran.exit_code == 0 ? ran.out.substr(0, ran.out.find('\n')) : ran.err;
  }

  const std::string script_ =
      YAML::LoadFile(std::string(SCHEMAOP_SOURCE_DIR) + "/manifests/argocd/argocd-cm.yaml")
          ["data"]["resource.customizations.health.schemaversion.io_SchemaVersion"]
              .as<std::string>();
  testing::TempFolder folder_;
};

TEST_F(ArgoCdHealthTest, EveryReasonHasItsHealth) {
  const std::map<std::string, std::string> expected = {
      {"UpToDate", "Healthy|what it is"},
      {"Suspended", "Suspended|what it is"},
      {"Migrating", "Progressing|Migrating: what it is"},
      {"WaitingForLock", "Progressing|WaitingForLock: what it is"},
      {"Retrying", "Progressing|Retrying: what it is"},
      {"DatabaseUnreachable", "Progressing|DatabaseUnreachable: what it is"},
      {"AwaitingApproval", "Suspended|what it is"},
      {"SpecInvalid", "Degraded|SpecInvalid: what it is"},
      {"SourceInvalid", "Degraded|SourceInvalid: what it is"},
      {"SecretInvalid", "Degraded|SecretInvalid: what it is"},
      {"PoolerDetected", "Degraded|PoolerDetected: what it is"},
      {"PrivilegeRefused", "Degraded|PrivilegeRefused: what it is"},
      {"DriftBlocked", "Degraded|DriftBlocked: what it is"},
      {"TargetNotFound", "Degraded|TargetNotFound: what it is"},
      {"UnknownRevision", "Degraded|UnknownRevision: what it is"},
      {"BaselineRequired", "Degraded|BaselineRequired: what it is"},
      {"ChecksumMismatch", "Degraded|ChecksumMismatch: what it is"},
      {"DowngradeDenied", "Degraded|DowngradeDenied: what it is"},
      {"MigrationFailed", "Degraded|MigrationFailed: what it is"},
      {"Rehearsing", "Progressing|Rehearsing: what it is"},
      {"RehearsalFailed", "Degraded|RehearsalFailed: what it is"},
      {"RehearsalDenied", "Degraded|RehearsalDenied: what it is"},
      {"InDoubt", "Degraded|InDoubt: what it is"}};
  for (const Reason reason : kReasons) {
    const std::string name(TraitsOf(reason).name);
    ASSERT_TRUE(expected.contains(name)) << name;
    EXPECT_EQ(Health(Object(reason)), expected.at(name));
  }
}

TEST_F(ArgoCdHealthTest, NothingIsHealthyBeforeItsGenerationWasSeen) {
  json object = Object(Reason::kUpToDate);
  object["metadata"]["generation"] = 3;
  EXPECT_EQ(Health(object), "Progressing|Waiting for the operator to see this generation");
  object["status"] = {{"observedGeneration", -1}};
  EXPECT_EQ(Health(object), "Progressing|Waiting for the operator to see this generation");
  object.erase("status");
  EXPECT_EQ(Health(object), "Progressing|Waiting for the operator to see this generation");
  object["status"] = {{"observedGeneration", 3}};
  EXPECT_EQ(Health(object), "Progressing|Waiting for the first report");
}

}  // namespace
}  // namespace schemaop
