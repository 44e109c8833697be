// A throw-away pgbouncer before a TestPostgres, for tests of connections that go through a pooler.
#pragma once

#include <filesystem>
#include <memory>
#include <string>

#include "postgres/test_postgres.h"
#include "process/process.h"

namespace schemaop::testing {

// pgbouncer on loopback, ended with the object. Everybody gets in without a password and reaches
// the server as its superuser. Errors throw std::runtime_error.
class TestPgbouncer {
 public:
  // Whether the program is installed (Debian's package pgbouncer).
  static bool IsInstalled();

  // `mode`: "session", "transaction" or "statement". `server` must outlive the object.
  TestPgbouncer(const TestPostgres& server, const std::string& mode);
  ~TestPgbouncer();
  TestPgbouncer(const TestPgbouncer&) = delete;
  TestPgbouncer& operator=(const TestPgbouncer&) = delete;

  int port() const { return port_; }
  // "postgresql://postgres@127.0.0.1:port/database".
  std::string Url(const std::string& database) const;

 private:
  TempFolder folder_;
  int port_ = 0;
  std::unique_ptr<ChildProcess> process_;
};

}  // namespace schemaop::testing
