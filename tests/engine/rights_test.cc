// Roles with more and fewer rights than a run needs.
#include "base/text.h"
#include "engine/observe_database.h"
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
  const auto report = Upgrade({MakeRevision("001", "", "CREATE TABLE a (id int)"),
                               MakeRevision("002", "001", "CREATE TABLE b (id int)")});
  EXPECT_EQ(report.error, std::nullopt);
  EXPECT_EQ(
      Query("SELECT string_agg(DISTINCT relowner::regrole::text, ',') FROM pg_class WHERE oid IN "
            "('a'::regclass, 'b'::regclass, 'alembic_version'::regclass, "
            "'schemaversion.ledger'::regclass)"),
      owner_);
}

TEST_F(RightsTest, SaysWhatALoginMayBeyondAnOwner) {
  const auto excess = [&](LoginRights rights = LoginRights::kOwner) {
    options_.login_rights = rights;
    const auto state = ObserveDatabase(options_, RevisionGraph::Build({}).value(), {});
    return state ? state->login + ": " + Join(state->excess_rights, " ") : state.error().message;
  };
  EXPECT_EQ(excess(), login_ + ": ");
  for (const std::string attribute : {"REPLICATION", "BYPASSRLS", "CREATEROLE"}) {
    Query("ALTER ROLE " + login_ + " " + attribute);
    EXPECT_EQ(excess(), login_ + ": " + attribute);
    Query("ALTER ROLE " + login_ + " NO" + attribute);
  }
  // Through another role, which SET ROLE would give it.
  Query("GRANT pg_read_server_files, pg_execute_server_program TO " + owner_ + "; GRANT " + owner_ +
        " TO " + login_);
  EXPECT_EQ(excess(), login_ + ": pg_execute_server_program pg_read_server_files");
  Query("ALTER ROLE " + owner_ + " CREATEROLE BYPASSRLS");
  EXPECT_EQ(excess(),
            login_ + ": BYPASSRLS CREATEROLE pg_execute_server_program pg_read_server_files");
  Query("ALTER ROLE " + owner_ + " SUPERUSER");
  EXPECT_EQ(excess(), login_ + ": SUPERUSER");
  Query("ALTER ROLE " + owner_ + " NOSUPERUSER NOCREATEROLE NOBYPASSRLS");
  Query("ALTER ROLE " + login_ + " SUPERUSER CREATEROLE");
  EXPECT_EQ(excess(), login_ + ": SUPERUSER");
  EXPECT_EQ(excess(LoginRights::kAny), login_ + ": ");
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
