// What a person reads when a connection cannot be made.
#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <thread>
#include <unistd.h>

#include <gtest/gtest.h>

#include "postgres/session.h"
#include "postgres/test_postgres.h"

namespace schemaop::testing {
namespace {

constexpr const char* kPassword = "canary-hunter2";

// A port that takes connections and never says a word.
class SilentPort {
 public:
  SilentPort() : socket_(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t size = sizeof address;
    auto* raw = reinterpret_cast<sockaddr*>(&address);  // NOLINT: the socket API
    EXPECT_EQ(::bind(socket_, raw, size), 0);
    EXPECT_EQ(::listen(socket_, 8), 0);
    EXPECT_EQ(::getsockname(socket_, raw, &size), 0);
    port = ntohs(address.sin_port);
  }
  ~SilentPort() { ::close(socket_); }
  SilentPort(const SilentPort&) = delete;
  SilentPort& operator=(const SilentPort&) = delete;
  int port = 0;

 private:
  int socket_;
};

Dsn DsnOf(const std::string& url) { return ParseDatabaseUrl(url).value(); }

constexpr std::chrono::milliseconds kLong{60'000};
constexpr std::chrono::milliseconds kShort{300};  // for a peer that says nothing

Error ConnectError(const Dsn& dsn, std::chrono::milliseconds timeout = kLong) {
  auto session = Session::Connect({.dsn = dsn, .connect_timeout = timeout}, {});
  return session ? Error{ErrorCode::kInternal, "connected"} : session.error();
}

class ConnectTest : public ::testing::Test {
 protected:
  std::string Place(const std::string& database) const {
    return "cannot connect to " + database + "@127.0.0.1:" + std::to_string(server_.port()) + ": ";
  }
  TestPostgres& server_ = TestPostgres::Shared();
};

TEST_F(ConnectTest, SaysThatThePasswordIsWrong) {
  server_.Query("postgres",
                "DROP ROLE IF EXISTS locked; CREATE ROLE locked LOGIN PASSWORD 'right'");
  EXPECT_EQ(ConnectError(DsnOf(server_.Url("postgres", "locked", kPassword))),
            (Error{ErrorCode::kDenied,
                   Place("postgres") +
                       "password authentication failed for user \"locked\" (SQLSTATE 28P01)"}));
}

TEST_F(ConnectTest, TheServersWordCountsWhenANameHasSeveralAddresses) {
  Dsn dsn = DsnOf(server_.Url("postgres", "nobody", kPassword));
  dsn.parameters["host"] = "localhost";
  EXPECT_EQ(ConnectError(dsn).message,
            "cannot connect to postgres@localhost:" + std::to_string(server_.port()) +
                ": password authentication failed for user \"nobody\" (SQLSTATE 28P01)");
}

TEST_F(ConnectTest, SaysThatThePasswordIsMissing) {
  server_.Query("postgres",
                "DROP ROLE IF EXISTS locked; CREATE ROLE locked LOGIN PASSWORD 'right'");
  Dsn dsn = DsnOf(server_.Url("postgres", "locked"));
  dsn.parameters["passfile"] = "/dev/null";
  EXPECT_EQ(ConnectError(dsn),
            (Error{ErrorCode::kDenied, Place("postgres") + "fe_sendauth: no password supplied"}));
}

TEST_F(ConnectTest, SaysThatTheDatabaseDoesNotExist) {
  EXPECT_EQ(ConnectError(DsnOf(server_.Url("nowhere"))),
            (Error{ErrorCode::kNotFound,
                   Place("nowhere") + "database \"nowhere\" does not exist (SQLSTATE 3D000)"}));
}

TEST_F(ConnectTest, SaysThatNobodyListens) {
  const std::string port = std::to_string(FreePort());
  EXPECT_EQ(
      ConnectError(DsnOf("postgres://u:" + std::string(kPassword) + "@127.0.0.1:" + port + "/app")),
      (Error{ErrorCode::kUnavailable,
             "cannot connect to app@127.0.0.1:" + port + ": Connection refused"}));
}

TEST_F(ConnectTest, GivesASilentPeerUp) {
  const SilentPort silent;
  const std::string port = std::to_string(silent.port);
  EXPECT_EQ(ConnectError(DsnOf("postgres://u@127.0.0.1:" + port + "/app"), kShort),
            (Error{ErrorCode::kUnavailable, "cannot connect to app@127.0.0.1:" + port +
                                                ": no answer from 127.0.0.1 within 300ms"}));
}

TEST_F(ConnectTest, StopEndsConnectingAtOnce) {
  const SilentPort silent;
  std::stop_source stop;
  const std::jthread stopper([&] { stop.request_stop(); });
  auto session = Session::Connect(
      {.dsn = DsnOf("postgres://u@127.0.0.1:" + std::to_string(silent.port) + "/app"),
       .connect_timeout = std::chrono::hours(1)},
      stop.get_token());
  ASSERT_FALSE(session);
  EXPECT_EQ(session.error().code, ErrorCode::kCancelled);
}

TEST_F(ConnectTest, TakesTheNextHostWhenOneIsSilent) {
  const SilentPort silent;
  Dsn dsn = DsnOf("postgres://postgres@127.0.0.1:" + std::to_string(silent.port) +
                  ",127.0.0.1:" + std::to_string(server_.port()) + "/postgres");
  // Each host gets the same time, which the silent one uses up.
  std::chrono::milliseconds timeout = kShort;
  Error error = ConnectError(dsn, timeout);
  while (error.code == ErrorCode::kUnavailable && timeout < kLong) {
    timeout *= 6;
    error = ConnectError(dsn, timeout);
  }
  EXPECT_EQ(error, (Error{ErrorCode::kInternal, "connected"}));
}

TEST_F(ConnectTest, SaysThatTheServerHasNoTls) {
  Dsn dsn = DsnOf(server_.Url("postgres") + "?sslmode=require");
  EXPECT_EQ(ConnectError(dsn),
            (Error{ErrorCode::kUnavailable,
                   Place("postgres") + "server does not support SSL, but SSL was required"}));
}

TEST_F(ConnectTest, SpeaksUtf8WhateverTheUrlSays) {
  const std::string url = server_.Url("postgres") + "?client_encoding=latin1";
  auto session = Session::Connect({.dsn = DsnOf(url)}, {});
  ASSERT_TRUE(session) << session.error().message;
  EXPECT_EQ(session->parameter("client_encoding"), "UTF8");
}

TEST_F(ConnectTest, NoErrorEverHoldsThePassword) {
  for (const std::string extra :
       {"", "?sslmode=require", "?sslmode=verify-full", "?connect_timeout=1"}) {
    for (const std::string database : {"postgres", "nowhere"}) {
      const Error error = ConnectError(DsnOf(server_.Url(database, "nobody", kPassword) + extra));
      EXPECT_EQ(error.message.find(kPassword), std::string::npos) << error.message;
      EXPECT_NE(error.message, "connected");
    }
  }
}

TEST(ServerStartTest, AStoppedServerIsUnavailableUntilItIsBack) {
  TestPostgres server;
  const Dsn dsn = DsnOf(server.Url("postgres"));
  server.Stop();
  EXPECT_EQ(ConnectError(dsn).code, ErrorCode::kUnavailable);
  server.Start();
  EXPECT_EQ(ConnectError(dsn).message, "connected");
}

}  // namespace
}  // namespace schemaop::testing
