#include "postgres/test_postgres.h"

#include <atomic>
#include <cstdlib>
#include <pwd.h>
#include <signal.h>
#include <sstream>
#include <stdexcept>
#include <unistd.h>

#include <libpq-fe.h>

namespace schemaop::testing {
namespace {

namespace fs = std::filesystem;

// PostgreSQL refuses to run as root; its own user always exists where its packages are installed.
constexpr const char* kServerUser = "postgres";

fs::path BinaryFolder() {
  if (const char* folder = std::getenv("SCHEMAOP_PG_BINDIR")) return folder;
  fs::path newest;
  int best = 0;
  std::error_code error;
  for (const auto& entry : fs::directory_iterator("/usr/lib/postgresql", error)) {
    const int version = std::atoi(entry.path().filename().c_str());
    if (version > best && fs::exists(entry.path() / "bin/postgres")) {
      best = version;
      newest = entry.path() / "bin";
    }
  }
  if (newest.empty())
    throw std::runtime_error("no PostgreSQL server installed in /usr/lib/postgresql");
  return newest;
}

void Chown(const fs::path& path) {
  if (geteuid() != 0) return;
  const passwd* entry = getpwnam(kServerUser);
  if (entry == nullptr || chown(path.c_str(), entry->pw_uid, entry->pw_gid) != 0) {
    throw std::runtime_error("cannot give " + path.string() + " to " + kServerUser);
  }
}

void Must(const ProcessOptions& options) {
  const RunResult result = Run(options, std::chrono::minutes(2));
  if (result.exit_code != 0) {
    throw std::runtime_error(options.arguments.at(0) + " failed: " + result.out + result.err);
  }
}

// A data folder made once per machine and server version, then copied: copying is ten times faster
// than initdb.
fs::path Template(const fs::path& binaries) {
  const std::string version = binaries.parent_path().filename().string();
  const fs::path cached =
      fs::temp_directory_path() / ("schemaop-initdb-" + version + "-" + std::to_string(geteuid()));
  if (fs::exists(cached / "PG_VERSION")) return cached;
  std::string fresh = cached.string() + "-XXXXXX";
  if (mkdtemp(fresh.data()) == nullptr) throw std::runtime_error("mkdtemp failed for " + fresh);
  Chown(fresh);
  Must({.arguments = {(binaries / "initdb").string(), "-D", fresh, "-U", "postgres", "-A", "trust",
                      "--no-sync", "-E", "UTF8", "--locale=C.UTF-8"},
        .working_directory = "/",
        .user = kServerUser});
  std::error_code error;
  fs::rename(fresh, cached, error);
  if (error) fs::remove_all(fresh, error);  // somebody else was first
  return cached;
}

}  // namespace

TestPostgres::TestPostgres(const std::vector<std::string>& settings) {
  const fs::path source = Template(BinaryFolder());
  data_ = folder_.path() / "data";
  Chown(folder_.path());
  Must({.arguments = {"cp", "-a", source.string(), data_.string()}});
  for (int attempt = 0; attempt < 5 && !server_; ++attempt) {
    port_ = FreePort();
    Configure(settings);
    try {
      Start();
    } catch (const std::runtime_error&) {
      if (attempt == 4) throw;
    }
  }
}

TestPostgres::~TestPostgres() {
  if (server_) server_->Signal(SIGQUIT);
  server_.reset();
}

TestPostgres& TestPostgres::Shared() {
  static TestPostgres server;
  return server;
}

void TestPostgres::Configure(const std::vector<std::string>& settings) const {
  std::ostringstream config;
  config << "listen_addresses = '127.0.0.1'\nport = " << port_
         << "\nunix_socket_directories = ''\nfsync = off\nfull_page_writes = off\n"
            "shared_buffers = 32MB\nmax_connections = 100\nlog_timezone = 'UTC'\ntimezone = 'UTC'\n"
            "password_encryption = 'scram-sha-256'\n";
  for (const std::string& line : settings) config << line << '\n';
  WriteFile(data_ / "postgresql.auto.conf", config.str());
  WriteFile(data_ / "pg_hba.conf",
            "host all postgres 127.0.0.1/32 trust\n"
            "host replication postgres 127.0.0.1/32 trust\n"
            "host all all 127.0.0.1/32 scram-sha-256\n");
  Chown(data_ / "postgresql.auto.conf");
  Chown(data_ / "pg_hba.conf");
}

void TestPostgres::Start() {
  server_ = std::make_unique<ChildProcess>(
      ProcessOptions{.arguments = {(BinaryFolder() / "postgres").string(), "-D", data_.string()},
                     .working_directory = data_,
                     .user = kServerUser});
  const std::string url = Url("postgres") + "?connect_timeout=2";
  const bool ready =
      WaitUntil([&] { return !server_->Running() || PQping(url.c_str()) == PQPING_OK; });
  if (ready && server_->Running()) return;
  const std::string log = server_->Err();
  server_.reset();
  throw std::runtime_error("PostgreSQL did not start: " + log);
}

void TestPostgres::Stop(const std::string& mode) {
  server_->Signal(mode == "kill" ? SIGKILL : mode == "immediate" ? SIGQUIT : SIGINT);
  if (!server_->Wait(std::chrono::seconds(90)))
    throw std::runtime_error("PostgreSQL does not stop");
}

void TestPostgres::StartAgain() {
  std::string error = "no attempt";
  const bool started = WaitUntil([&] {
    try {
      Start();
      return true;
    } catch (const std::runtime_error& e) {
      error = e.what();
      return false;
    }
  });
  if (!started) throw std::runtime_error(error);
}

void TestPostgres::StartAsStandby() {
  WriteFile(data_ / "standby.signal", "");
  Chown(data_ / "standby.signal");
  Start();
}

void TestPostgres::AllowOnly(const std::vector<std::string>& lines) {
  std::string text = "host all postgres 127.0.0.1/32 trust\n";
  for (const std::string& line : lines) text += line + '\n';
  WriteFile(data_ / "pg_hba.conf", text);
  Chown(data_ / "pg_hba.conf");
  Query("postgres", "SELECT pg_reload_conf()");
}

std::string TestPostgres::CreateDatabase() {
  const std::string name = "test_" + std::to_string(++databases_);
  Query("postgres", "CREATE DATABASE " + name);
  return name;
}

std::string TestPostgres::Url(const std::string& database, const std::string& user,
                              const std::string& password) const {
  return "postgresql://" + user + (password.empty() ? "" : ":" + password) +
         "@127.0.0.1:" + std::to_string(port_) + "/" + database;
}

std::string TestPostgres::Query(const std::string& database, const std::string& sql) const {
  const std::unique_ptr<PGconn, decltype(&PQfinish)> connection(PQconnectdb(Url(database).c_str()),
                                                                &PQfinish);
  if (PQstatus(connection.get()) != CONNECTION_OK) {
    throw std::runtime_error(PQerrorMessage(connection.get()));
  }
  const std::unique_ptr<PGresult, decltype(&PQclear)> result(PQexec(connection.get(), sql.c_str()),
                                                             &PQclear);
  const ExecStatusType status = PQresultStatus(result.get());
  if (status != PGRES_COMMAND_OK && status != PGRES_TUPLES_OK && status != PGRES_EMPTY_QUERY) {
    throw std::runtime_error(PQerrorMessage(connection.get()));
  }
  std::string text;
  for (int row = 0; row < PQntuples(result.get()); ++row) {
    if (row > 0) text += '\n';
    for (int field = 0; field < PQnfields(result.get()); ++field) {
      if (field > 0) text += '|';
      text += PQgetvalue(result.get(), row, field);
    }
  }
  return text;
}

bool TestPostgres::WaitUntilAlone(const std::string& database) const {
  return WaitUntil([&] {
    return Query("postgres",
                 "SELECT count(*) FROM pg_stat_activity WHERE backend_type = 'client backend' AND "
                 "pid <> pg_backend_pid() AND datname = '" +
                     database + "'") == "0";
  });
}

std::string TestPostgres::DumpSchema(const std::string& database) const {
  const RunResult dump = Run({.arguments = {(BinaryFolder() / "pg_dump").string(), "--schema-only",
                                            "--dbname", Url(database)}});
  if (dump.exit_code != 0) throw std::runtime_error("pg_dump failed: " + dump.err);
  std::istringstream lines(dump.out);
  std::string text;
  for (std::string line; std::getline(lines, line);) {
    // Current pg_dump writes these two with a random token.
    if (line.starts_with("\\restrict") || line.starts_with("\\unrestrict")) continue;
    text += line + '\n';
  }
  return text;
}

}  // namespace schemaop::testing
