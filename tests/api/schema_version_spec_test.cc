#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "api/schema_version.h"

namespace schemaop {
namespace {

using nlohmann::json;
using std::chrono::milliseconds;

json Minimal() {
  return json::parse(R"({
    "apiVersion": "schemaversion.io/v1alpha1", "kind": "SchemaVersion",
    "metadata": {"name": "projects", "namespace": "engineering", "uid": "u-1", "resourceVersion": "42",
                 "generation": 3, "annotations": {"schemaversion.io/requestedAt": "now"}},
    "spec": {"targetRevision": "head", "database": {"secretRef": {"name": "projects-db"}},
             "migrations": {"configMaps": [{"name": "projects-migrations"}]}}
  })");
}

TEST(SchemaVersionSpecTest, DefaultsAreThoseOfTheResource) {
  const auto object = ParseSchemaVersion(Minimal());
  ASSERT_TRUE(object);
  ASSERT_TRUE(object->spec) << object->spec.error().message;
  SchemaVersionSpec expected;
  expected.target_revision = "head";
  expected.database.secret.name = "projects-db";
  expected.migrations.config_maps = {"projects-migrations"};
  EXPECT_EQ(*object->spec, expected);
  EXPECT_EQ(object->spec->database.version_table, "alembic_version");
  EXPECT_EQ(object->spec->database.version_table_schema, "public");
  EXPECT_EQ(object->spec->database.ledger_schema, "schemaversion");
  EXPECT_EQ(object->spec->policy.downgrade, DowngradePolicy::kRequireApproval);
  EXPECT_EQ(object->spec->policy.drift, DriftPolicy::kReport);
  EXPECT_EQ(object->spec->execution.lock_timeout, milliseconds(1000));
  EXPECT_EQ(object->spec->execution.statement_timeout, milliseconds(0));
  EXPECT_EQ(object->spec->execution.non_transactional_timeout, milliseconds(0));
  EXPECT_EQ(object->spec->execution.retry_budget, milliseconds(600000));
  EXPECT_EQ(object->spec->interval, milliseconds(600000));
  EXPECT_FALSE(object->spec->suspend);
  EXPECT_EQ(object->metadata.generation, 3);
  EXPECT_EQ(object->metadata.annotations.at("schemaversion.io/requestedAt"), "now");
  EXPECT_EQ(object->status.observed_generation, -1);
}

TEST(SchemaVersionSpecTest, EveryFieldIsRead) {
  json object = Minimal();
  object["metadata"]["deletionTimestamp"] = "2026-11-22T10:00:00Z";
  object["spec"] = json::parse(R"({
    "targetRevision": "reference@head",
    "database": {"secretRef": {"name": "db", "key": "uri"}, "role": "app_owner", "searchPath": ["app", "public"],
                 "versionTable": "v", "versionTableSchema": "s", "ledgerSchema": "l"},
    "migrations": {"inline": {"001_core.sql": "SELECT 1;"}},
    "policy": {"downgrade": "Deny", "drift": "Block", "driftExclude": ["table:public.tmp_*", "schema:cron"]},
    "execution": {"transactionMode": "Single", "lockTimeout": "100ms", "statementTimeout": "1h30m",
                  "nonTransactionalTimeout": "2h", "retryBudget": "0s"},
    "suspend": true, "interval": "90s"
  })");
  const auto parsed = ParseSchemaVersion(object);
  ASSERT_TRUE(parsed && parsed->spec);
  SchemaVersionSpec expected;
  expected.target_revision = "reference@head";
  expected.database = {{"db", "uri"}, "app_owner", {"app", "public"}, "v", "s", "l"};
  expected.migrations.inline_files = {{"001_core.sql", "SELECT 1;"}};
  expected.policy = {
      DowngradePolicy::kDeny, DriftPolicy::kBlock, {"table:public.tmp_*", "schema:cron"}};
  expected.execution = {ExecutionSpec::TransactionMode::kSingle, milliseconds(100),
                        milliseconds(5400000), milliseconds(7200000), milliseconds(0)};
  expected.suspend = true;
  expected.interval = milliseconds(90000);
  EXPECT_EQ(*parsed->spec, expected);
  EXPECT_TRUE(parsed->metadata.deleting);
}

TEST(SchemaVersionSpecTest, BrokenRulesAreRefusedByFieldPath) {
  const std::string relative =
      " is relative: it would mean another revision each time it is read, so that every restart "
      "moved the database; "
      "name head, heads, base, a revision id, a branch label or label@head";
  const struct {
    const char* patch;  // merge patch on the minimal object's spec
    std::string message;
  } kCases[] = {
      {R"({"targetRevision": null})", "spec.targetRevision: is required"},
      {R"({"targetRevision": ""})", "spec.targetRevision: must not be empty"},
      {R"({"targetRevision": 4})", "spec.targetRevision: must be a string"},
      {R"({"targetRevision": "+1"})", "spec.targetRevision: \"+1\"" + relative},
      {R"({"targetRevision": "-1"})", "spec.targetRevision: \"-1\"" + relative},
      {R"({"targetRevision": "ae10-2"})", "spec.targetRevision: \"ae10-2\"" + relative},
      {R"({"targetRevision": "reference@-1"})", "spec.targetRevision: \"reference@-1\"" + relative},
      {R"({"baseline": ""})", "spec.baseline: must not be empty"},
      {R"({"baseline": "+1"})", "spec.baseline: \"+1\"" + relative},
      {R"({"baseline": "a,b"})",
       "spec.baseline: \"a,b\" must name one target, without white space, ',' or ':'"},
      {R"({"targetRevision": "001:003"})",
       "spec.targetRevision: \"001:003\" must name one target, without white space, ',' or ':'"},
      {R"({"database": null})", "spec.database.secretRef.name: is required"},
      {R"({"database": "x"})", "spec.database: must be an object"},
      {R"({"database": {"secretRef": {"name": "../x"}}})",
       "spec.database.secretRef.name: \"../x\" is not an object's name"},
      {R"({"database": {"secretRef": {"key": "a/b"}}})",
       "spec.database.secretRef.key: \"a/b\" is not a Secret's key"},
      {R"({"database": {"role": "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"}})",
       "spec.database.role: must be at most 63 bytes long, has 64"},
      {R"({"database": {"searchPath": ["public", ""]}})",
       "spec.database.searchPath[1]: must be a schema name of 1 to 63 bytes"},
      {R"({"database": {"versionTable": "a\u0000b"}})",
       "spec.database.versionTable: must not contain NUL"},
      {R"({"migrations": null})",
       "spec.migrations: exactly one of configMaps, inline and path must be set"},
      {R"({"migrations": {"path": "projects"}})",
       "spec.migrations: exactly one of configMaps, inline and path must be set"},
      {R"({"migrations": {"configMaps": []}})",
       "spec.migrations.configMaps: must be a list of 1 to 32 references"},
      {R"({"migrations": {"configMaps": [{"name": "a"}, {"name": "a"}]}})",
       "spec.migrations.configMaps[1].name: \"a\" is in the list already"},
      {R"({"migrations": {"configMaps": [{}]}})",
       "spec.migrations.configMaps[0].name: is required"},
      {R"({"migrations": {"configMaps": null, "inline": {"a/b.sql": ""}}})",
       "spec.migrations.inline[\"a/b.sql\"]: is not a file name of letters, digits, '-', '_' and "
       "'.'"},
      {R"({"migrations": {"configMaps": null, "path": "/etc"}})",
       "spec.migrations.path: \"/etc\" must be relative to the operator's migrations root"},
      {R"({"migrations": {"configMaps": null, "path": "a/../../b"}})",
       "spec.migrations.path: \"a/../../b\" must not contain \"..\""},
      {R"({"policy": {"downgrade": "Maybe"}})",
       "spec.policy.downgrade: \"Maybe\" must be Allow, RequireApproval or Deny"},
      {R"({"policy": {"drift": "Ignore"}})",
       "spec.policy.drift: \"Ignore\" must be Off, Report or Block"},
      {R"({"policy": {"drift": false}})", "spec.policy.drift: must be a string"},
      {R"({"policy": {"driftExclude": "table:x"}})",
       "spec.policy.driftExclude: must be a list of at most 100 texts"},
      {R"({"policy": {"driftExclude": ["table:x", ""]}})",
       "spec.policy.driftExclude[1]: must be a text of 1 to 253 bytes, such as table:public.tmp_*"},
      {R"({"execution": {"lockTimeout": "0s"}})",
       "spec.execution.lockTimeout: \"0s\" must be more than zero"},
      {R"({"execution": {"lockTimeout": "soon"}})",
       "spec.execution.lockTimeout: \"soon\" is not a duration; write it like 90s, 10m or 1h30m"},
      {R"({"execution": {"statementTimeout": "25h"}})",
       "spec.execution.statementTimeout: \"25h\" must be at most 24h"},
      {R"({"execution": {"transactionMode": "PerRun"}})",
       "spec.execution.transactionMode: \"PerRun\" must be PerRevision or Single"},
      {R"({"execution": {"retryBudget": "25h"}})",
       "spec.execution.retryBudget: \"25h\" must be at most 24h"},
      {R"({"interval": "10ms"})", "spec.interval: \"10ms\" must be at least 1s"},
      {R"({"suspend": "yes"})", "spec.suspend: must be true or false"},
  };
  for (const auto& c : kCases) {
    json object = Minimal();
    object["spec"].merge_patch(json::parse(c.patch));
    const auto parsed = ParseSchemaVersion(object);
    ASSERT_TRUE(parsed) << c.patch;
    ASSERT_FALSE(parsed->spec) << c.patch;
    EXPECT_EQ(parsed->spec.error(), (Error{ErrorCode::kInvalid, c.message})) << c.patch;
  }
}

TEST(SchemaVersionSpecTest, AbsoluteTargetsPass) {
  for (const char* target :
       {"head", "heads", "base", "003", "ae1027a6acf", "reference", "reference@head",
        "reference@base", "reference@003", "my-branch@head"}) {
    json object = Minimal();
    object["spec"]["targetRevision"] = target;
    const auto parsed = ParseSchemaVersion(object);
    ASSERT_TRUE(parsed);
    EXPECT_TRUE(parsed->spec) << target;
  }
}

TEST(SchemaVersionSpecTest, ObjectWithoutASpecIsDataWithAnError) {
  json object = Minimal();
  object.erase("spec");
  const auto parsed = ParseSchemaVersion(object);
  ASSERT_TRUE(parsed);
  ASSERT_FALSE(parsed->spec);
  EXPECT_EQ(parsed->spec.error().message, "spec.targetRevision: is required");
}

}  // namespace
}  // namespace schemaop
