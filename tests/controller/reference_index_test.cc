#include "controller/reference_index.h"

#include <optional>
#include <string>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace schemaop {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

SchemaVersion Object(const std::string& name, const std::string& secret,
                     const std::vector<std::string>& config_maps) {
  SchemaVersion object{{}, SchemaVersionSpec(), SchemaVersionStatus()};
  object.metadata.namespace_name = "shop";
  object.metadata.name = name;
  object.spec->database.secret.name = secret;
  object.spec->migrations.config_maps = config_maps;
  return object;
}

const ObjectKey kA{"shop", "a"};
const ObjectKey kB{"shop", "b"};
Reference SecretNamed(const std::string& name) { return {ReferenceKind::kSecret, {"shop", name}}; }
Reference ConfigMapNamed(const std::string& name) {
  return {ReferenceKind::kConfigMap, {"shop", name}};
}

TEST(ReferenceIndexTest, FollowsWhatSpecsName) {
  ReferenceIndex index;
  const auto a = Object("a", "db", {"one", "two"});
  const auto b = Object("b", "db", {"two"});
  index.Update(kA, nullptr, &a);
  index.Update(kB, nullptr, &b);
  EXPECT_THAT(index.Dependents(SecretNamed("db")), ElementsAre(kA, kB));
  EXPECT_THAT(index.Dependents(ConfigMapNamed("one")), ElementsAre(kA));
  EXPECT_THAT(index.Dependents(ConfigMapNamed("two")), ElementsAre(kA, kB));
  EXPECT_THAT(index.Dependents(ConfigMapNamed("db")), IsEmpty());
  EXPECT_THAT(index.Dependents({ReferenceKind::kSecret, {"other", "db"}}), IsEmpty());
  const auto moved = Object("a", "new", {"two"});
  index.Update(kA, &a, &moved);
  EXPECT_THAT(index.Dependents(SecretNamed("db")), ElementsAre(kB));
  EXPECT_THAT(index.Dependents(SecretNamed("new")), ElementsAre(kA));
  EXPECT_THAT(index.Dependents(ConfigMapNamed("one")), IsEmpty());
  EXPECT_THAT(index.Dependents(ConfigMapNamed("two")), ElementsAre(kA, kB));
  index.Update(kA, &moved, nullptr);
  EXPECT_THAT(index.Dependents(ConfigMapNamed("two")), ElementsAre(kB));
}

TEST(ReferenceIndexTest, AnUnusableSpecNamesNothing) {
  ReferenceIndex index;
  const SchemaVersion broken{{}, Fail(ErrorCode::kInvalid, "spec.interval"), SchemaVersionStatus()};
  const auto a = Object("a", "db", {});
  index.Update(kA, nullptr, &a);
  index.Update(kA, &a, &broken);
  EXPECT_THAT(index.Dependents(SecretNamed("db")), IsEmpty());
}

}  // namespace
}  // namespace schemaop
