// A throw-away PostgreSQL server on loopback for tests.
#pragma once

#include <filesystem>
#include <memory>
#include <string>
#include <vector>

#include "process/process.h"

namespace schemaop::testing {

// A server of its own: own data folder, own port, ended and removed with the object. The superuser
// `postgres` needs no password; every other role logs in by password (scram-sha-256). Errors throw
// std::runtime_error. Programs are taken from $SCHEMAOP_PG_BINDIR, else from the newest installed
// version.
class TestPostgres {
 public:
  // `settings` are lines for postgresql.conf.
  explicit TestPostgres(const std::vector<std::string>& settings = {});
  ~TestPostgres();
  TestPostgres(const TestPostgres&) = delete;
  TestPostgres& operator=(const TestPostgres&) = delete;

  // One server for the whole test program, started at the first call.
  static TestPostgres& Shared();

  int port() const { return port_; }

  // Creates a new empty database and returns its name ("test_<n>").
  std::string CreateDatabase();

  // "postgresql://user[:password]@127.0.0.1:port/database".
  std::string Url(const std::string& database, const std::string& user = "postgres",
                  const std::string& password = "") const;

  // Runs SQL as the superuser; the last statement's rows as lines, fields separated by '|'.
  std::string Query(const std::string& database, const std::string& sql) const;

  // Waits until no client is in the database. One whose program was killed, or whose session was
  // ended, may be there for a while, with its locks. False when one stays.
  bool WaitUntilAlone(const std::string& database) const;

  // `pg_dump --schema-only` of the database, without the lines that differ between two dumps of one
  // schema.
  std::string DumpSchema(const std::string& database) const;

  // "immediate" is a crash, "fast" a restart's first half, "kill" ends the postmaster with SIGKILL:
  // its sessions end by themselves soon, and Start throws until they have. The data and the port
  // stay.
  void Stop(const std::string& mode = "fast");
  void Start();
  // Tries Start until it works; throws what the last attempt threw.
  void StartAgain();
  // REQUIRES: stopped by "fast". A hot standby without a primary: answers, and refuses to write
  // until somebody promotes it (pg_promote()).
  void StartAsStandby();
  // Replaces pg_hba.conf, but for the superuser's own line, by `lines`.
  void AllowOnly(const std::vector<std::string>& lines);

 private:
  void Configure(const std::vector<std::string>& settings) const;

  TempFolder folder_;
  std::filesystem::path data_;
  int port_ = 0;
  int databases_ = 0;
  std::unique_ptr<ChildProcess> server_;
};

}  // namespace schemaop::testing
