#include "controller/kept_schema_version.h"

#include <string>

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

namespace schemaop {
namespace {

using nlohmann::json;

json ObjectNamed(const std::string& name) {
  return json::parse(R"({
    "apiVersion": "schemaversion.io/v1alpha1", "kind": "SchemaVersion",
    "metadata": {"namespace": "shop", "name": ")" +
                     name + R"(", "uid": "6a1f7c1e-)" + name +
                     R"(", "resourceVersion": "7", "generation": 3,
      "labels": {"team": "a"},
      "annotations": {"schemaversion.io/requestedAt": "now",
        "kubectl.kubernetes.io/last-applied-configuration": "{\"spec\": {}}"},
      "managedFields": [{"manager": "kubectl", "fieldsV1": {"f:spec": {}}}]},
    "spec": {"targetRevision": "head",
      "database": {"secretRef": {"name": "db"}, "searchPath": ["a", "b"]},
      "migrations": {"inline": {"001.sql": "-- é\nCREATE TABLE a ();"}},
      "execution": {"lockTimeout": "500ms"}},
    "status": {"observedGeneration": 3, "currentRevision": "001", "pending": 0,
      "database": "db@host:5432", "source": {"digest": "sha256:ab", "revisions": 1},
      "failure": {"revision": "002", "message": "no", "attempts": 2, "inputs": "x"},
      "conditions": [{"type": "Ready", "status": "True", "reason": "UpToDate", "message": "m",
        "observedGeneration": 3, "lastTransitionTime": "2026-01-01T00:00:00Z"}]}})");
}

TEST(KeptSchemaVersionTest, NothingThatIsReadOfAnObjectIsLost) {
  const auto keep = SchemaVersionKeeper();
  for (const char* name : {"first", "second"}) {
    const json object = ObjectNamed(name);
    const auto kept = keep(object);
    ASSERT_TRUE(kept) << kept.error().message;
    const auto read = kept->Read();
    ASSERT_TRUE(read) << read.error().message;
    SchemaVersion whole = *ParseSchemaVersion(object);
    whole.metadata.annotations.erase("kubectl.kubernetes.io/last-applied-configuration");
    EXPECT_EQ(*read, whole);
    EXPECT_EQ(kept->metadata, whole.metadata);
  }
}

TEST(KeptSchemaVersionTest, AnUnusableSpecIsKeptAsWhatIsWrongWithIt) {
  json object = ObjectNamed("a");
  object["spec"].erase("database");
  EXPECT_EQ((*SchemaVersionKeeper()(object)).Read()->spec.error(),
            ParseSchemaVersion(object)->spec.error());
  object.erase("spec");
  EXPECT_EQ((*SchemaVersionKeeper()(object)).Read()->spec.error(),
            ParseSchemaVersion(object)->spec.error());
}

TEST(KeptSchemaVersionTest, UnusableMetadataIsRefused) {
  json object = ObjectNamed("a");
  object["metadata"].erase("name");
  const auto kept = SchemaVersionKeeper()(object);
  ASSERT_FALSE(kept);
  EXPECT_EQ(kept.error(), ParseSchemaVersion(object).error());
}

TEST(KeptSchemaVersionTest, ObjectsThatAreAlikeTakeLittleRoom) {
  const auto keep = SchemaVersionKeeper();
  json object = ObjectNamed("a");
  object["metadata"]["managedFields"] = std::string(100000, 'f');
  object["metadata"]["annotations"]["kubectl.kubernetes.io/last-applied-configuration"] =
      std::string(100000, 'a');
  const auto first = keep(object);
  const auto second = keep(ObjectNamed("b"));
  EXPECT_LT(first->model->size(), 2000U);
  EXPECT_EQ(first->model, second->model);
  EXPECT_LT(second->packed.bytes.size(), 100U);
}

}  // namespace
}  // namespace schemaop
