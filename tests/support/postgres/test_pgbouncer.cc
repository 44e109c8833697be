#include "postgres/test_pgbouncer.h"

#include <filesystem>
#include <stdexcept>

#include <libpq-fe.h>

namespace schemaop::testing {
namespace {

namespace fs = std::filesystem;

constexpr const char* kProgram = "/usr/sbin/pgbouncer";
// pgbouncer refuses to run as root; this user is there wherever a server is.
constexpr const char* kUser = "postgres";

std::string Configuration(const TestPostgres& server, const std::string& mode, int port) {
  return "[databases]\n* = host=127.0.0.1 port=" + std::to_string(server.port()) +
         " user=postgres\n[pgbouncer]\nlisten_addr = 127.0.0.1\nlisten_port = " +
         std::to_string(port) + "\nunix_socket_dir =\nauth_type = any\npool_mode = " + mode +
         "\nignore_startup_parameters = extra_float_digits\n";
}

}  // namespace

bool TestPgbouncer::IsInstalled() { return fs::exists(kProgram); }

TestPgbouncer::TestPgbouncer(const TestPostgres& server, const std::string& mode) {
  fs::permissions(folder_.path(), fs::perms::others_read | fs::perms::others_exec,
                  fs::perm_options::add);
  const fs::path file = folder_.path() / "pgbouncer.ini";
  std::string said;
  // Somebody else may take the port in between.
  for (int attempt = 0; attempt < 3; ++attempt) {
    port_ = FreePort();
    WriteFile(file, Configuration(server, mode, port_));
    process_ = std::make_unique<ChildProcess>(ProcessOptions{
        .arguments = {kProgram, file.string()}, .working_directory = "/", .user = kUser});
    const std::string url = Url("postgres") + "?connect_timeout=2";
    const bool ready =
        WaitUntil([&] { return !process_->Running() || PQping(url.c_str()) == PQPING_OK; });
    if (ready && process_->Running()) return;
    said = process_->Err();
  }
  throw std::runtime_error("pgbouncer did not start: " + said);
}

TestPgbouncer::~TestPgbouncer() = default;

std::string TestPgbouncer::Url(const std::string& database) const {
  return "postgresql://postgres@127.0.0.1:" + std::to_string(port_) + "/" + database;
}

}  // namespace schemaop::testing
