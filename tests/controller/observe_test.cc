#include <gtest/gtest.h>

#include "controller/observe_secret.h"
#include "controller/observe_source.h"

namespace schemaop {
namespace {

ConfigMap Map(const std::string& name, std::map<std::string, std::string> data) {
  ConfigMap map;
  map.metadata.name = name;
  map.data = std::move(data);
  return map;
}

TEST(MergeConfigMapsTest, EntriesOfAllAreOneBundle) {
  const auto files = MergeConfigMaps({Map("a", {{"001.sql", "A"}}), Map("b", {{"002.sql", "B"}})});
  ASSERT_TRUE(files);
  ASSERT_EQ(files->size(), 2U);
  EXPECT_EQ((*files)[1].name, "002.sql");
  EXPECT_EQ((*files)[1].text, "B");
}

TEST(MergeConfigMapsTest, FileNameTwiceIsRefusedWithBothConfigMaps) {
  const auto files = MergeConfigMaps({Map("a", {{"001.sql", "A"}}), Map("b", {{"001.sql", "B"}})});
  ASSERT_FALSE(files);
  EXPECT_EQ(
      files.error(),
      (Error{ErrorCode::kInvalid,
             "file \"001.sql\" is in ConfigMap \"a\" and in ConfigMap \"b\"; remove or rename one "
             "of them"}));
}

TEST(OptionsForTest, EverythingTheSpecSaysReachesTheEngine) {
  SchemaVersionSpec spec;
  spec.database = {{"db", {}}, "owner", {"app"}, "v", "s", "l"};
  using std::chrono::milliseconds;
  spec.execution = {ExecutionSpec::TransactionMode::kSingle, milliseconds(7), milliseconds(8),
                    milliseconds(9), milliseconds(10)};
  Dsn dsn;
  dsn.parameters["host"] = "db";
  const DatabaseOptions options = OptionsFor(spec, dsn, LoginRights::kOwner);
  EXPECT_EQ(options.dsn, dsn);
  EXPECT_EQ(options.role, "owner");
  EXPECT_EQ(options.login_rights, LoginRights::kOwner);
  EXPECT_EQ(OptionsFor(spec, dsn, LoginRights::kAny).login_rights, LoginRights::kAny);
  EXPECT_EQ(options.search_path, std::vector<std::string>{"app"});
  EXPECT_EQ(options.version_table, "v");
  EXPECT_EQ(options.version_table_schema, "s");
  EXPECT_EQ(options.ledger_schema, "l");
  EXPECT_EQ(options.transaction_mode, TransactionMode::kSingle);
  EXPECT_EQ(options.lock_timeout, milliseconds(7));
  EXPECT_EQ(options.statement_timeout, milliseconds(8));
  EXPECT_EQ(options.non_transactional_timeout, milliseconds(9));
  EXPECT_EQ(options.retry_budget, milliseconds(10));
}

}  // namespace
}  // namespace schemaop
