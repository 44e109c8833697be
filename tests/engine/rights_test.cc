// Roles with more and fewer rights than a run needs.
#include "linear_project.h"
#include "postgres/dsn.h"

namespace schemaop::testing {
namespace {

class RightsTest : public LinearProject {
 protected:
  RightsTest() : login_("login_" + database_), owner_("owner_" + database_) {
    Query("CREATE ROLE " + owner_ + "; CREATE ROLE " + login_ +
          " LOGIN NOINHERIT PASSWORD 'canary-pw'");
    options_.dsn = ParseDatabaseUrl(server_.Url(database_, login_, "canary-pw")).value();
  }

  std::string login_;
  std::string owner_;
};

TEST_F(RightsTest, SaysWhichGrantTheVersionTableNeeds) {
  Query("REVOKE CREATE ON SCHEMA public FROM PUBLIC");
  const auto report = Upgrade({MakeRevision("001", "", "SELECT 1")});
  EXPECT_EQ(
      report.error,
      (Error{ErrorCode::kDenied,
             "cannot create the version table public.alembic_version: permission denied for schema "
             "public (SQLSTATE 42501); an owner has to GRANT USAGE, CREATE ON SCHEMA \"public\""}));
}

TEST_F(RightsTest, SaysWhichGrantTheLedgerNeeds) {
  Query("GRANT CREATE ON SCHEMA public TO " + login_);
  const auto report = Upgrade({MakeRevision("001", "", "SELECT 1")});
  EXPECT_EQ(
      report.error,
      (Error{ErrorCode::kDenied,
             "cannot create the ledger in schema schemaversion: permission denied for database " +
                 database_ +
                 " (SQLSTATE 42501); an administrator has to GRANT CREATE ON DATABASE to this "
                 "role, or run "
                 "CREATE SCHEMA \"schemaversion\" AUTHORIZATION for it"}));
  EXPECT_FALSE(HasTable("alembic_version"));
}

TEST_F(RightsTest, ASchemaMadeForTheRoleIsEnough) {
  Query("GRANT CREATE ON SCHEMA public TO " + login_ +
        "; CREATE SCHEMA schemaversion AUTHORIZATION " + login_);
  EXPECT_EQ(Upgrade({MakeRevision("001", "", "SELECT 1")}).error, std::nullopt);
}

TEST_F(RightsTest, SaysWhichGrantAnExistingLedgerSchemaNeeds) {
  Query("GRANT CREATE ON SCHEMA public TO " + login_ + "; CREATE SCHEMA schemaversion");
  EXPECT_EQ(Upgrade({MakeRevision("001", "", "SELECT 1")}).error,
            (Error{ErrorCode::kDenied,
                   "cannot create the ledger in schema schemaversion: permission denied for schema "
                   "schemaversion (SQLSTATE 42501); an owner has to GRANT USAGE, CREATE ON SCHEMA "
                   "\"schemaversion\""}));
}

TEST_F(RightsTest, EverythingBelongsToTheStatedRole) {
  Query("GRANT " + owner_ + " TO " + login_ + "; GRANT CREATE ON DATABASE " + database_ + " TO " +
        owner_ + "; GRANT CREATE ON SCHEMA public TO " + owner_);
  options_.role = owner_;
  const auto report = Upgrade({MakeRevision("001", "", "CREATE TABLE a (id int); RESET ROLE"),
                               MakeRevision("002", "001", "CREATE TABLE b (id int)")});
  EXPECT_EQ(report.error, std::nullopt);
  EXPECT_EQ(
      Query("SELECT string_agg(DISTINCT relowner::regrole::text, ',') FROM pg_class WHERE oid IN "
            "('a'::regclass, 'b'::regclass, 'alembic_version'::regclass, "
            "'schemaversion.ledger'::regclass)"),
      owner_);
}

TEST_F(RightsTest, ARoleThatMayNotBeTakenIsDenied) {
  options_.role = owner_;
  const auto report = Upgrade({MakeRevision("001", "", "SELECT 1")});
  EXPECT_EQ(report.error,
            (Error{ErrorCode::kDenied, DsnLabel(options_.dsn) + ": cannot take the role " + owner_ +
                                           ": permission denied to set role \"" + owner_ +
                                           "\" (SQLSTATE 42501)"}));
}

TEST_F(RightsTest, AVersionTableThatMayNotBeReadIsDenied) {
  Query("CREATE TABLE alembic_version (version_num VARCHAR(32) NOT NULL)");
  EXPECT_EQ(ObserveDatabase(options_, {}).error(),
            (Error{ErrorCode::kDenied,
                   "cannot read public.alembic_version: permission denied for table "
                   "alembic_version (SQLSTATE 42501)"}));
}

}  // namespace
}  // namespace schemaop::testing
