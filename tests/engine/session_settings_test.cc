// The settings a revision runs under, read back where it runs.
#include "linear_project.h"

namespace schemaop::testing {
namespace {

class SessionSettingsTest : public LinearProject {};

const char* const kNames =
    "'lock_timeout', 'statement_timeout', 'idle_in_transaction_session_timeout', "
    "'client_connection_check_interval', 'idle_session_timeout', 'tcp_keepalives_idle', "
    "'tcp_keepalives_interval', 'tcp_keepalives_count', 'default_transaction_isolation'";

TEST_F(SessionSettingsTest, TimeoutsAndKeepalivesAreSetInTheMigratingTransaction) {
  options_.lock_timeout = std::chrono::milliseconds(70);
  options_.statement_timeout = std::chrono::seconds(90);
  const std::string read = std::string(
                               "CREATE TABLE seen AS SELECT name, setting FROM pg_settings "
                               "WHERE name IN (") +
                           kNames + ")";
  const auto report = Upgrade({MakeRevision("001", "", read)});
  ASSERT_EQ(report.error, std::nullopt);
  EXPECT_EQ(Query("SELECT string_agg(name || '=' || setting, ' ' ORDER BY name) FROM seen"),
            "client_connection_check_interval=1000 default_transaction_isolation=read committed "
            "idle_in_transaction_session_timeout=60000 idle_session_timeout=0 lock_timeout=70 "
            "statement_timeout=90000 tcp_keepalives_count=3 tcp_keepalives_idle=30 "
            "tcp_keepalives_interval=10");
}

}  // namespace
}  // namespace schemaop::testing
