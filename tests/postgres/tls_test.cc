// TLS with material given as text.
#include <cstdlib>
#include <pwd.h>
#include <unistd.h>

#include <gtest/gtest.h>

#include "postgres/session.h"
#include "postgres/test_postgres.h"

namespace schemaop::testing {
namespace {

// A key and a certificate for 127.0.0.1 that the server may read.
class Certificate {
 public:
  Certificate() {
    std::filesystem::permissions(folder_.path(), std::filesystem::perms{0755});
    const std::string command =
        "openssl req -x509 -newkey rsa:2048 -nodes -days 2 -subj /CN=127.0.0.1 "
        "-addext subjectAltName=IP:127.0.0.1 -keyout " +
        Key() + " -out " + Pem() + " 2>/dev/null";
    EXPECT_EQ(std::system(command.c_str()), 0);
    std::filesystem::permissions(Key(), std::filesystem::perms{0600});
    const passwd* owner = ::geteuid() == 0 ? ::getpwnam("postgres") : nullptr;
    if (owner != nullptr) {
      EXPECT_EQ(::chown(Key().c_str(), owner->pw_uid, owner->pw_gid), 0);
    }
  }
  std::string Key() const { return folder_.path() / "server.key"; }
  std::string Pem() const { return folder_.path() / "server.crt"; }

 private:
  TempFolder folder_;
};

TEST(TlsTest, VerifiesTheServerWithACertificateAuthorityGivenAsText) {
  const Certificate right;
  const Certificate wrong;
  const TestPostgres server({"ssl = on", "ssl_cert_file = '" + right.Pem() + "'",
                             "ssl_key_file = '" + right.Key() + "'"});
  Dsn dsn = ParseDatabaseUrl(server.Url("postgres") + "?sslmode=verify-full").value();
  const std::string place = "cannot connect to " + DsnLabel(dsn) + ": ";

  dsn.ca_certificate = ReadFile(right.Pem());
  auto session = Session::Connect({.dsn = dsn}, {});
  ASSERT_TRUE(session) << session.error().message;
  EXPECT_EQ(session->Query("SELECT ssl FROM pg_stat_ssl WHERE pid = pg_backend_pid()", {}, {})
                ->front()
                .Text(0),
            "t");

  dsn.ca_certificate = ReadFile(wrong.Pem());
  EXPECT_EQ(Session::Connect({.dsn = dsn}, {}).error(),
            (Error{ErrorCode::kDenied, place + "SSL error: certificate verify failed"}));

  dsn.ca_certificate.clear();
  dsn.parameters["sslrootcert"] = "/nonexistent";
  EXPECT_EQ(Session::Connect({.dsn = dsn}, {}).error(),
            (Error{ErrorCode::kDenied,
                   place + "sslmode verify-full needs the server's CA certificate (ca.crt or "
                           "sslrootcert), and there is none"}));
}

}  // namespace
}  // namespace schemaop::testing
