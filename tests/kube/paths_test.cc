#include "kube/paths.h"

#include <gtest/gtest.h>

namespace schemaop {
namespace {

const ApiResource kSchemaVersions{"schemaversion.io", "v1alpha1", "schemaversions"};

TEST(PathsTest, NamesAGroupsCollectionInOneNamespaceOrAll) {
  EXPECT_EQ(CollectionPath(kSchemaVersions, "shop"),
            "/apis/schemaversion.io/v1alpha1/namespaces/shop/schemaversions");
  EXPECT_EQ(CollectionPath(kSchemaVersions, ""), "/apis/schemaversion.io/v1alpha1/schemaversions");
}

TEST(PathsTest, PutsTheCoreGroupUnderApi) {
  EXPECT_EQ(ObjectPath({"", "v1", "secrets"}, {"shop", "db"}),
            "/api/v1/namespaces/shop/secrets/db");
}

TEST(PathsTest, NamesASubresource) {
  EXPECT_EQ(SubresourcePath(kSchemaVersions, {"shop", "orders"}, "status"),
            "/apis/schemaversion.io/v1alpha1/namespaces/shop/schemaversions/orders/status");
}

TEST(PathsTest, NeverLetsANameLeaveItsPlace) {
  EXPECT_EQ(ObjectPath({"", "v1", "secrets"}, {"a/b", "../x?y"}),
            "/api/v1/namespaces/a%2Fb/secrets/..%2Fx%3Fy");
}

TEST(PathsTest, EncodesQueryValuesInTheOrderGiven) {
  EXPECT_EQ(WithQuery("/p", {{"fieldSelector", "metadata.name=x,a!=b"},
                             {"continue", "a+b/c= d\xC3\xA9"}}),
            "/p?fieldSelector=metadata.name%3Dx%2Ca%21%3Db&continue=a%2Bb%2Fc%3D%20d%C3%A9");
  EXPECT_EQ(WithQuery("/p", {}), "/p");
}

}  // namespace
}  // namespace schemaop
