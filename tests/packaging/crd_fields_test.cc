// The CRD and operator/api say the same: every field of the one is read or written by the other,
// defaults and bounds are equal.
#include <fstream>
#include <map>
#include <set>
#include <string>
#include <vector>

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>
#include <yaml-cpp/yaml.h>

#include "api/schema_version.h"
#include "test_paths.h"

namespace schemaop {
namespace {

using nlohmann::json;

// The schema of .spec or .status.
YAML::Node SchemaOf(const std::string& member) {
  static const YAML::Node crd =
      YAML::LoadFile(SCHEMAOP_SOURCE_DIR "/crds/schemaversion.io_schemaversions.yaml");
  return crd["spec"]["versions"][0]["schema"]["openAPIV3Schema"]["properties"][member];
}

// Adds the path of every field below `schema` that holds a value: "database.secretRef.name",
// "migrations.configMaps[].name", "migrations.inline{}".
void CollectLeaves(const YAML::Node& schema, const std::string& path, std::set<std::string>& out) {
  if (schema["properties"]) {
    for (const auto& field : schema["properties"]) {
      const auto name = field.first.as<std::string>();
      CollectLeaves(field.second, path.empty() ? name : path + "." + name, out);
    }
  } else if (schema["items"]) {
    CollectLeaves(schema["items"], path + "[]", out);
  } else if (schema["additionalProperties"]) {
    CollectLeaves(schema["additionalProperties"], path + "{}", out);
  } else {
    out.insert(path);
  }
}

std::set<std::string> LeavesOf(const std::string& member) {
  std::set<std::string> leaves;
  CollectLeaves(SchemaOf(member), "", leaves);
  return leaves;
}

// The paths of `value`'s leaves in the same notation.
void CollectLeaves(const json& value, const std::string& path, std::set<std::string>& out) {
  if (value.is_object()) {
    for (const auto& [name, inner] : value.items()) {
      CollectLeaves(inner, path.empty() ? name : path + "." + name, out);
    }
  } else if (value.is_array()) {
    for (const json& inner : value) CollectLeaves(inner, path + "[]", out);
  } else {
    out.insert(path);
  }
}

json Object(json spec) {
  return {{"apiVersion", "schemaversion.io/v1alpha1"},
          {"kind", "SchemaVersion"},
          {"metadata",
           {{"name", "projects"},
            {"namespace", "engineering"},
            {"uid", "0b1c"},
            {"resourceVersion", "7"},
            {"generation", 1}}},
          {"spec", std::move(spec)}};
}

Result<SchemaVersionSpec> Parse(json spec) {
  auto object = ParseSchemaVersion(Object(std::move(spec)));
  if (!object) return Fail(object.error());
  return object->spec;
}

json MinimalSpec() {
  return {{"targetRevision", "head"},
          {"database", {{"secretRef", {{"name", "projects-db"}}}}},
          {"migrations", {{"path", "projects"}}}};
}

// MinimalSpec() with `patch` (RFC 7386) on top.
json With(const json& patch) {
  json spec = MinimalSpec();
  spec.merge_patch(patch);
  return spec;
}

// For each field of .spec a patch that gives it another value than MinimalSpec() or the default.
std::map<std::string, json> AnotherValueOfEachField() {
  const json no_path = nullptr;
  return {
      {"targetRevision", {{"targetRevision", "003"}}},
      {"database.secretRef.name", {{"database", {{"secretRef", {{"name", "other"}}}}}}},
      {"database.secretRef.key", {{"database", {{"secretRef", {{"key", "URL"}}}}}}},
      {"database.role", {{"database", {{"role", "app_owner"}}}}},
      {"database.searchPath[]", {{"database", {{"searchPath", {"app", "public"}}}}}},
      {"database.versionTable", {{"database", {{"versionTable", "other"}}}}},
      {"database.versionTableSchema", {{"database", {{"versionTableSchema", "other"}}}}},
      {"database.ledgerSchema", {{"database", {{"ledgerSchema", "other"}}}}},
      {"migrations.configMaps[].name",
       {{"migrations", {{"path", no_path}, {"configMaps", {{{"name", "a"}}}}}}}},
      {"migrations.inline{}",
       {{"migrations", {{"path", no_path}, {"inline", {{"001_core.sql", "-- text"}}}}}}},
      {"migrations.path", {{"migrations", {{"path", "other/folder"}}}}},
      {"policy.downgrade", {{"policy", {{"downgrade", "Deny"}}}}},
      {"policy.drift", {{"policy", {{"drift", "Block"}}}}},
      {"policy.driftExclude[]", {{"policy", {{"driftExclude", {"table:a", "table:b"}}}}}},
      {"policy.requireRehearsal", {{"policy", {{"requireRehearsal", true}}}}},
      {"execution.transactionMode", {{"execution", {{"transactionMode", "Single"}}}}},
      {"execution.lockTimeout", {{"execution", {{"lockTimeout", "1500ms"}}}}},
      {"execution.nonTransactionalTimeout", {{"execution", {{"nonTransactionalTimeout", "2h"}}}}},
      {"execution.retryBudget", {{"execution", {{"retryBudget", "0s"}}}}},
      {"execution.statementTimeout", {{"execution", {{"statementTimeout", "1h30m"}}}}},
      {"baseline", {{"baseline", "003"}}},
      {"checks", {{"checks", true}}},
      {"suspend", {{"suspend", true}}},
      {"interval", {{"interval", "90s"}}},
  };
}

TEST(CrdFieldsTest, EveryFieldOfTheSpecIsRead) {
  const auto minimal = Parse(MinimalSpec());
  ASSERT_TRUE(minimal) << minimal.error().message;
  const auto patches = AnotherValueOfEachField();
  std::set<std::string> covered;
  for (const auto& [path, patch] : patches) {
    covered.insert(path);
    const auto parsed = Parse(With(patch));
    ASSERT_TRUE(parsed) << path << ": " << parsed.error().message;
    EXPECT_NE(*parsed, *minimal) << path << " is not read";
  }
  EXPECT_EQ(covered, LeavesOf("spec"));
}

// A field added to a struct breaks the binding below: add it to the CRD and to the table above too.
TEST(CrdFieldsTest, EveryMemberOfTheSpecIsAFieldOfTheCrd) {
  const auto parsed = Parse(MinimalSpec());
  ASSERT_TRUE(parsed);
  const auto& [target_revision, database, migrations, policy, execution, baseline, checks, suspend,
               interval] = *parsed;
  const auto& [secret, role, search_path, version_table, version_table_schema, ledger_schema] =
      database;
  const auto& [secret_name, secret_key] = secret;
  const auto& [config_maps, inline_files, path] = migrations;
  const auto& [downgrade, drift, drift_exclude, require_rehearsal] = policy;
  const auto& [transaction_mode, lock_timeout, statement_timeout, non_transactional_timeout,
               retry_budget] = execution;
  EXPECT_EQ(LeavesOf("spec").size(), 24U);
  EXPECT_EQ(target_revision, "head");
  EXPECT_EQ(secret_name, "projects-db");
  EXPECT_EQ(path, "projects");
  EXPECT_FALSE(role || secret_key || baseline || require_rehearsal || checks || suspend);
  EXPECT_TRUE(search_path.empty() && config_maps.empty() && inline_files.empty());
  EXPECT_EQ(downgrade, DowngradePolicy::kRequireApproval);
  EXPECT_EQ(drift, DriftPolicy::kReport);
  EXPECT_TRUE(drift_exclude.empty());
  EXPECT_LT(statement_timeout, lock_timeout);
  EXPECT_EQ(statement_timeout, non_transactional_timeout);
  EXPECT_EQ(transaction_mode, ExecutionSpec::TransactionMode::kPerRevision);
  EXPECT_LT(lock_timeout, retry_budget);
  EXPECT_EQ(retry_budget, interval);
  EXPECT_NE(version_table, version_table_schema);
  EXPECT_NE(version_table_schema, ledger_schema);
}

// Writes the defaults of `schema` into `value`, as the API server does.
void ApplyDefaults(const YAML::Node& schema, json& value) {
  for (const auto& field : schema["properties"]) {
    const auto name = field.first.as<std::string>();
    const YAML::Node& inner = field.second;
    if (inner["default"] && !value.contains(name)) {
      const auto type = inner["type"].as<std::string>();
      if (type == "object") {
        value[name] = json::object();
      } else if (type == "boolean") {
        value[name] = inner["default"].as<bool>();
      } else {
        value[name] = inner["default"].as<std::string>();
      }
    }
    if (inner["properties"] && value.contains(name)) ApplyDefaults(inner, value[name]);
  }
}

TEST(CrdFieldsTest, DefaultsOfTheCrdAreThoseOfTheStructs) {
  json spec = MinimalSpec();
  ApplyDefaults(SchemaOf("spec"), spec);
  EXPECT_EQ(spec["database"]["versionTable"], "alembic_version");
  EXPECT_EQ(spec["policy"]["downgrade"], "RequireApproval");
  EXPECT_EQ(spec["policy"]["drift"], "Report");
  EXPECT_EQ(spec["policy"]["requireRehearsal"], false);
  EXPECT_EQ(spec["execution"], (json{{"transactionMode", "PerRevision"},
                                     {"lockTimeout", "1s"},
                                     {"statementTimeout", "0s"},
                                     {"nonTransactionalTimeout", "0s"},
                                     {"retryBudget", "10m"}}));
  EXPECT_EQ(spec["interval"], "10m");
  EXPECT_EQ(spec["checks"], false);
  EXPECT_EQ(spec["suspend"], false);
  const auto defaulted = Parse(spec);
  ASSERT_TRUE(defaulted) << defaulted.error().message;
  EXPECT_EQ(*defaulted, *Parse(MinimalSpec()));
}

// The field of .spec at `path`, in the notation of LeavesOf without "[]" and "{}".
YAML::Node FieldAt(std::vector<std::string> path) {
  YAML::Node node = YAML::Clone(SchemaOf("spec"));
  for (const std::string& name : path) node = YAML::Clone(node["properties"][name]);
  return node;
}

json Nested(const std::vector<std::string>& path, json value) {
  for (auto name = path.rbegin(); name != path.rend(); ++name)
    value = json{{*name, std::move(value)}};
  return value;
}

TEST(CrdFieldsTest, TextsMayBeAsLongAsTheCrdSaysAndNoLonger) {
  const std::vector<std::vector<std::string>> texts = {{"targetRevision"},
                                                       {"database", "secretRef", "name"},
                                                       {"database", "secretRef", "key"},
                                                       {"database", "role"},
                                                       {"database", "versionTable"},
                                                       {"database", "versionTableSchema"},
                                                       {"database", "ledgerSchema"},
                                                       {"migrations", "path"}};
  for (const auto& path : texts) {
    const auto longest = FieldAt(path)["maxLength"].as<std::size_t>();
    const auto parsed = Parse(With(Nested(path, std::string(longest, 'a'))));
    EXPECT_TRUE(parsed) << path.back() << ": " << parsed.error().message;
    EXPECT_FALSE(Parse(With(Nested(path, std::string(longest + 1, 'a'))))) << path.back();
  }
}

TEST(CrdFieldsTest, ListsMayHaveAsManyItemsAsTheCrdSaysAndNoMore) {
  const auto schemas = FieldAt({"database", "searchPath"})["maxItems"].as<std::size_t>();
  const auto maps = FieldAt({"migrations", "configMaps"})["maxItems"].as<std::size_t>();
  const auto files = FieldAt({"migrations", "inline"})["maxProperties"].as<std::size_t>();
  const auto search_path = [](std::size_t count) {
    return With({{"database", {{"searchPath", std::vector<std::string>(count, "app")}}}});
  };
  const auto config_maps = [](std::size_t count) {
    json list = json::array();
    for (std::size_t i = 0; i < count; ++i) list.push_back({{"name", "m" + std::to_string(i)}});
    return With({{"migrations", {{"path", nullptr}, {"configMaps", list}}}});
  };
  const auto inline_files = [](std::size_t count) {
    json map = json::object();
    for (std::size_t i = 0; i < count; ++i) map[std::to_string(i) + ".sql"] = "-- text";
    return With({{"migrations", {{"path", nullptr}, {"inline", map}}}});
  };
  EXPECT_TRUE(Parse(search_path(schemas)));
  EXPECT_FALSE(Parse(search_path(schemas + 1)));
  EXPECT_TRUE(Parse(config_maps(maps)));
  EXPECT_FALSE(Parse(config_maps(maps + 1)));
  EXPECT_TRUE(Parse(inline_files(files)));
  EXPECT_FALSE(Parse(inline_files(files + 1)));
}

TEST(CrdFieldsTest, DurationsHaveTheRangeTheCrdSays) {
  const struct {
    json patch;
    bool accepted;
  } cases[] = {
      {{{"execution", {{"lockTimeout", "0s"}}}}, false},
      {{{"execution", {{"lockTimeout", "1ms"}}}}, true},
      {{{"execution", {{"lockTimeout", "24h"}}}}, true},
      {{{"execution", {{"lockTimeout", "24h1ms"}}}}, false},
      {{{"execution", {{"statementTimeout", "0s"}}}}, true},
      {{{"execution", {{"statementTimeout", "24h1ms"}}}}, false},
      {{{"execution", {{"nonTransactionalTimeout", "0s"}}}}, true},
      {{{"execution", {{"nonTransactionalTimeout", "24h1ms"}}}}, false},
      {{{"execution", {{"retryBudget", "0s"}}}}, true},
      {{{"execution", {{"retryBudget", "24h1ms"}}}}, false},
      {{{"interval", "999ms"}}, false},
      {{{"interval", "1s"}}, true},
      {{{"interval", "24h1ms"}}, false},
  };
  for (const auto& [patch, accepted] : cases) {
    EXPECT_EQ(Parse(With(patch)).has_value(), accepted) << patch.dump();
  }
}

SchemaVersionStatus FullStatus() {
  const Time time(std::chrono::seconds(1'800'000'000));
  SchemaVersionStatus status;
  status.observed_generation = 4;
  status.current_revision = "003";
  status.target_revision = "004";
  status.pending = 1;
  status.database = "projects@db.engineering.svc:5432";
  status.source = SourceStatus{.digest = "sha256:00ff", .revisions = 4};
  status.progress = ProgressStatus{"004",
                                   "Upgrade",
                                   1,
                                   2,
                                   3,
                                   7,
                                   "waiting for a lock",
                                   4,
                                   5,
                                   BlockerStatus{42, "reports", "active", time},
                                   time};
  FailureStatus failure;
  failure.revision = "004";
  failure.file = "004_x.sql";
  failure.line = 12;
  failure.column = 3;
  failure.statement = 3;
  failure.sqlstate = "42P07";
  failure.message = "relation exists";
  failure.hint = "drop it";
  failure.retryable = true;
  failure.in_doubt = true;
  failure.attempts = 2;
  failure.next_retry_time = time;
  failure.inputs = "sha256:0f";
  status.failure = failure;
  status.checks = ChecksStatus{.inputs = "0f", .total = 6, .failed = 1};
  status.rehearsal = RehearsalStatus{"0f", "Passed", 1, time, "nothing wrong"};
  status.last_applied = AppliedStatus{7, "003", "Upgrade", time, "1.2s"};
  status.receipt = ReceiptStatus{time, 2, "103ms"};
  status.history = {*status.last_applied};
  status.last_handled_request = "now";
  status.conditions = {{"Ready", ConditionStatus::kFalse, "Migrating", "step 1 of 2", 4, time}};
  return status;
}

TEST(CrdFieldsTest, StatusAsWrittenHasExactlyTheFieldsOfTheCrd) {
  std::set<std::string> written;
  CollectLeaves(ToJson(FullStatus()), "", written);
  EXPECT_EQ(written, LeavesOf("status"));
}

// A field added to a struct breaks the binding below: add it to the CRD and to FullStatus() too.
TEST(CrdFieldsTest, EveryMemberOfTheStatusSurvivesTheServer) {
  json object = Object(MinimalSpec());
  object["status"] = ToJson(FullStatus());
  const auto parsed = ParseSchemaVersion(object);
  ASSERT_TRUE(parsed);
  EXPECT_EQ(parsed->status, FullStatus());
  const auto& [generation, current, target, pending, database, source, progress, failure, checks,
               rehearsal, applied, receipt, history, request, conditions] = parsed->status;
  EXPECT_EQ(generation, 4);
  EXPECT_FALSE(current.empty() || target.empty() || database.empty() || request.empty());
  EXPECT_TRUE(pending && source && progress && failure && checks && rehearsal && applied &&
              receipt);
  EXPECT_FALSE(history.empty() || conditions.empty());
  EXPECT_EQ(history.size(), 1U);
}

}  // namespace
}  // namespace schemaop
