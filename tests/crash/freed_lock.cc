#include "freed_lock.h"

#include <algorithm>
#include <csignal>
#include <stdexcept>

#include <fmt/format.h>

#include "oracle.h"
#include "schemactl.h"

namespace schemaop::testing {
namespace {

// Keeps a processor busy and never waits: the server finds out only when it looks for its client.
constexpr const char* kLongStatement = "SELECT count(*) FROM generate_series(1, 4000000000)";

}  // namespace

std::vector<std::chrono::milliseconds> KillInStatements(TestPostgres& server, int kills) {
  const Oracle oracle(server);
  Schemactl schemactl;
  schemactl.AddRevision("001.sql",
                        std::string("-- Work\n--\n-- revision: 001\n-- down_revision: none\n\n"
                                    "-- migrate:up\n") +
                            kLongStatement + ";\n\n-- migrate:down\nSELECT 1;\n");
  schemactl.UseDatabase(server.Url(oracle.database()));
  std::vector<std::chrono::milliseconds> freed;
  for (int i = 0; i < kills; ++i) {
    ChildProcess run(schemactl.Options({"upgrade", "head"}));
    const bool working = WaitUntil([&] {
      return server.Query("postgres", std::string("SELECT count(*) FROM pg_stat_activity WHERE "
                                                  "state = 'active' AND query = '") +
                                          kLongStatement + "'") == "1";
    });
    if (!working) throw std::runtime_error("the statement does not run: " + run.Err());
    run.Signal(SIGKILL);
    const auto took = oracle.WaitUntilAlone(std::chrono::minutes(1));
    if (!took) throw std::runtime_error("the server keeps the session of a dead client");
    freed.push_back(*took);
  }
  return freed;
}

std::string DescribeFreed(const std::string& where, std::vector<std::chrono::milliseconds> freed) {
  std::sort(freed.begin(), freed.end());
  return fmt::format(
      "Killed {}: the server ended the session, and freed the migration lock, after {} ms (median) "
      "and {} ms (longest) of {} kills.\n",
      where, freed[freed.size() / 2].count(), freed.back().count(), freed.size());
}

}  // namespace schemaop::testing
