#include "controller/live_effects.h"

#include <string>

#include <gtest/gtest.h>

#include "base/error.h"
#include "controller/event_recorder.h"
#include "postgres/dsn.h"
#include "postgres/test_postgres.h"
#include "tests/support/apiserver/server_test.h"

namespace schemaop {
namespace {

using testing::TestPostgres;

class LiveEffectsTest : public testing::ServerTest {
 protected:
  TestPostgres& postgres_ = TestPostgres::Shared();
  std::string database_ = postgres_.CreateDatabase();
  EventRecorder events_{*client_, Logger(LogLevel::kError)};
  LiveEffects effects_{*client_, events_};
};

TEST_F(LiveEffectsTest, ALoginThatIsRefusedSaysNothingOfTheChecks) {
  DatabaseOptions options;
  options.dsn = ParseDatabaseUrl(postgres_.Url(database_, "nobody_" + database_, "pw")).value();
  const auto checked = effects_.RunChecks(options, {}, {});
  ASSERT_FALSE(checked);
  EXPECT_TRUE(PassesByItself(checked.error())) << checked.error().message;
  options.dsn = ParseDatabaseUrl(postgres_.Url(database_)).value();
  EXPECT_TRUE(effects_.RunChecks(options, {}, {}));
}

}  // namespace
}  // namespace schemaop
