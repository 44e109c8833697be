#include "postgres/dsn.h"

#include <cstdlib>

#include <gtest/gtest.h>

namespace schemaop {
namespace {

using Parameters = std::map<std::string, std::string>;

constexpr const char* kMalformed =
    "the database URL is malformed; percent-encode '@', ':', '/', '?', '#' and '%' in the user "
    "name "
    "and password";

std::string ErrorOf(const Result<Dsn>& dsn) { return dsn ? "no error" : dsn.error().message; }

TEST(ParseDatabaseUrlTest, TakesEverySchemePeopleHave) {
  const Parameters expected = {
      {"user", "u"}, {"password", "p"}, {"host", "db"}, {"port", "5433"}, {"dbname", "app"}};
  for (const std::string scheme :
       {"postgres", "postgresql", "postgresql+psycopg2", "postgresql+asyncpg", "POSTGRESQL"}) {
    const auto dsn = ParseDatabaseUrl(scheme + "://u:p@db:5433/app\n");
    ASSERT_TRUE(dsn) << scheme << ": " << ErrorOf(dsn);
    EXPECT_EQ(dsn->parameters, expected) << scheme;
  }
}

TEST(ParseDatabaseUrlTest, DecodesAnyPassword) {
  const auto dsn = ParseDatabaseUrl("postgres://u:p%40%2F%3A%25%20'x\\@db/app?sslmode=require");
  ASSERT_TRUE(dsn) << ErrorOf(dsn);
  EXPECT_EQ(dsn->parameters.at("password"), "p@/:% 'x\\");
  EXPECT_EQ(dsn->parameters.at("sslmode"), "require");
}

TEST(ParseDatabaseUrlTest, KeepsSeveralHosts) {
  const auto dsn =
      ParseDatabaseUrl("postgres://u@a:1,b:2,[::1]:3/app?target_session_attrs=read-write");
  ASSERT_TRUE(dsn) << ErrorOf(dsn);
  EXPECT_EQ(dsn->parameters.at("host"), "a,b,::1");
  EXPECT_EQ(dsn->parameters.at("port"), "1,2,3");
  EXPECT_EQ(DsnLabel(*dsn), "app@a:1,b:2,::1:3");
}

TEST(ParseDatabaseUrlTest, SaysWhatIsWrongWithoutEchoingTheUrl) {
  struct Case {
    const char* url;
    const char* message;
  };
  for (const Case& c : {
           Case{"mysql://u:secret@db/app",
                "the database URL does not begin with postgres:// or postgresql://"},
           Case{"", "the database URL does not begin with postgres:// or postgresql://"},
           Case{"host=db password=secret",
                "the database URL does not begin with postgres:// or postgresql://"},
           Case{"postgres://u:se%cret@db/app",
                "the database URL holds a '%' that is not followed by two hexadecimal digits; "
                "percent-encode '@', ':', '/', '?', '#' and '%' in the user name and password"},
           Case{"postgres://u:p@db/app?bogus=secret",
                "the database URL has the parameter \"bogus\" that libpq does not know"},
           Case{"postgres://u:sec@ret@db/app", kMalformed},
           Case{"postgres://u:sec/ret@db/app", kMalformed},
           Case{"postgres://u:12/ret@db/app", kMalformed},
           Case{"postgres://u:1/s?ret=x@db/app", kMalformed},
           Case{"postgres://u:p@db:99999/app", "the port is not a number from 1 to 65535"},
           Case{"postgres://u:p@db:secret/app", "the port is not a number from 1 to 65535"},
           Case{"postgres://u:p@db/app?sslmode=secret",
                "sslmode is none of disable, allow, prefer, require, verify-ca, verify-full"},
           Case{"postgres://u:p@[::1/app", kMalformed},
       }) {
    const auto dsn = ParseDatabaseUrl(c.url);
    EXPECT_EQ(ErrorOf(dsn), c.message) << c.url;
    EXPECT_TRUE(!dsn && dsn.error().code == ErrorCode::kInvalid) << c.url;
  }
}

TEST(DsnFromSecretTest, ReadsCloudNativePg) {
  const auto dsn = DsnFromSecret({{"username", "app"},
                                  {"password", "p@ss"},
                                  {"host", "cluster-rw"},
                                  {"port", "5432"},
                                  {"dbname", "app"},
                                  {"uri", "postgresql://app:p%40ss@cluster-rw.ns:5432/app"},
                                  {"jdbc-uri", "jdbc:postgresql://..."},
                                  {"pgpass", "cluster-rw:5432:app:app:p@ss\n"}},
                                 "");
  ASSERT_TRUE(dsn) << ErrorOf(dsn);
  EXPECT_EQ(dsn->parameters, (Parameters{{"user", "app"},
                                         {"password", "p@ss"},
                                         {"host", "cluster-rw.ns"},
                                         {"port", "5432"},
                                         {"dbname", "app"},
                                         {"sslmode", "verify-full"}}));
}

TEST(DsnFromSecretTest, ReadsCrunchyWithItsCertificateAuthority) {
  const auto dsn = DsnFromSecret({{"host", "hippo-primary.ns.svc"},
                                  {"port", "5432"},
                                  {"dbname", "hippo"},
                                  {"user", "hippo"},
                                  {"password", "x"},
                                  {"sslmode", "require"},
                                  {"ca.crt", "PEM"}},
                                 "");
  ASSERT_TRUE(dsn) << ErrorOf(dsn);
  EXPECT_EQ(dsn->parameters.at("sslmode"), "require");
  EXPECT_EQ(dsn->ca_certificate, "PEM");
  EXPECT_EQ(DsnLabel(*dsn), "hippo@hippo-primary.ns.svc:5432");
}

TEST(DsnFromSecretTest, SaysWhatZalandosSecretLacks) {
  const auto dsn = DsnFromSecret({{"username", "app"}, {"password", "hunter2"}}, "");
  EXPECT_EQ(ErrorOf(dsn),
            "missing keys host, dbname; add them, or a database URL under the key uri");
  EXPECT_EQ(dsn.error().code, ErrorCode::kNotFound);
}

TEST(DsnFromSecretTest, NamedKeyIsTheOnlyOneRead) {
  const std::map<std::string, std::string> data = {{"uri", "postgres://a@h/one"},
                                                   {"migrate", "postgres://b@h/two"}};
  EXPECT_EQ(DsnFromSecret(data, "migrate")->parameters.at("dbname"), "two");
  EXPECT_EQ(ErrorOf(DsnFromSecret(data, "other")), "no key \"other\"");
}

TEST(DsnFromSecretTest, RefusesBadLayoutsWithoutEchoingValues) {
  using Data = std::map<std::string, std::string>;
  EXPECT_EQ(ErrorOf(DsnFromSecret({}, "")),
            "no key uri, url or DATABASE_URL with a database URL, and no keys host, dbname, user");
  EXPECT_EQ(ErrorOf(DsnFromSecret({{"uri", "hunter2"}}, "")),
            "key \"uri\": the database URL does not begin with postgres:// or postgresql://");
  const Data keys = {{"host", "h"}, {"dbname", "d"}, {"user", "u"}};
  const auto with = [&keys](const std::string& key, const std::string& value) {
    Data data = keys;
    data[key] = value;
    return ErrorOf(DsnFromSecret(data, ""));
  };
  EXPECT_EQ(with("port", "hunter2"), "the port is not a number from 1 to 65535");
  EXPECT_EQ(with("password", std::string("hun\0ter", 7)), "password holds a NUL byte; remove it");
  EXPECT_EQ(with("host", "a\nhunter2"), "host holds a line break or tab; remove it");
  EXPECT_EQ(with("tls.crt", "PEM"), "tls.crt and tls.key belong together; one of them is missing");
}

TEST(DsnLabelTest, FillsInWhatLibpqWould) {
  EXPECT_EQ(DsnLabel({}), "postgres@localhost:5432");
  Dsn dsn;
  dsn.parameters = {{"host", "/run/postgresql"}, {"user", "me"}, {"password", "hunter2"}};
  EXPECT_EQ(DsnLabel(dsn), "me@/run/postgresql:5432");
}

TEST(DsnFromEnvironmentTest, ShowsWhereLibpqWillConnectAndKeepsThePasswordOut) {
  ::setenv("PGHOST", "db.example", 1);
  ::setenv("PGDATABASE", "app", 1);
  ::setenv("PGPASSWORD", "hunter2", 1);
  const Dsn dsn = DsnFromEnvironment();
  for (const char* name : {"PGHOST", "PGDATABASE", "PGPASSWORD"}) ::unsetenv(name);
  EXPECT_EQ(DsnLabel(dsn), "app@db.example:5432");
  EXPECT_EQ(dsn.parameters.count("password"), 0U);
}

}  // namespace
}  // namespace schemaop
