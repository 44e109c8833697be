// What readers of a table wait while a column is added to it under a long transaction.
//
//   lock_queue_bench [readers] [seconds]
//
// `readers` (8) sessions read a table with 100,000 rows, 5 ms apart; one transaction that has read
// it stays open for `seconds` (6). Half a second later ALTER TABLE ... ADD COLUMN, which itself
// takes a millisecond, comes along: not at all, through psql as it is, and through schemactl with
// two lock timeouts. Each on a table of its own, one after another. Printed are what the readers
// saw and, as a ratio to the plain way, the longest that one of them waited.
#include <algorithm>
#include <atomic>
#include <chrono>
#include <cstdlib>
#include <iomanip>
#include <iostream>
#include <memory>
#include <optional>
#include <stdexcept>
#include <string>
#include <thread>
#include <vector>

#include <libpq-fe.h>

#include "postgres/test_postgres.h"
#include "schemactl.h"

namespace schemaop::testing {
namespace {

using Clock = std::chrono::steady_clock;
using std::chrono::milliseconds;

constexpr milliseconds kThinkTime{5};
constexpr milliseconds kHeadStart{500};

// One libpq session; errors throw.
class Client {
 public:
  explicit Client(const std::string& url) : connection_(PQconnectdb(url.c_str()), &PQfinish) {
    if (PQstatus(connection_.get()) != CONNECTION_OK) Throw();
  }
  void Run(const std::string& sql) {
    const std::unique_ptr<PGresult, decltype(&PQclear)> result(
        PQexec(connection_.get(), sql.c_str()), &PQclear);
    const auto status = PQresultStatus(result.get());
    if (status != PGRES_COMMAND_OK && status != PGRES_TUPLES_OK) Throw();
  }

 private:
  [[noreturn]] void Throw() const { throw std::runtime_error(PQerrorMessage(connection_.get())); }
  std::unique_ptr<PGconn, decltype(&PQfinish)> connection_;
};

struct Readings {
  int reads = 0;
  Clock::duration longest{0};
};

// Reads until told to stop.
Readings Read(const std::string& url, const std::atomic<bool>& stop) {
  Client client(url);
  Readings readings;
  for (int i = 0; !stop; ++i) {
    const auto begin = Clock::now();
    client.Run("SELECT * FROM busy WHERE id = " + std::to_string(i % 100000));
    readings.longest = std::max(readings.longest, Clock::now() - begin);
    ++readings.reads;
    std::this_thread::sleep_for(kThinkTime);
  }
  return readings;
}

// Keeps a transaction that has read the table open for `length`.
void ReadLong(const std::string& url, Clock::duration length, std::atomic<bool>& begun) {
  Client client(url);
  client.Run("BEGIN");
  client.Run("SELECT count(*) FROM busy");
  begun = true;
  std::this_thread::sleep_for(length);
  client.Run("COMMIT");
}

struct Outcome {
  std::string name;
  Readings readings;
  double altered_after = 0;  // seconds; 0 when nothing was altered
  Clock::duration run{0};
};

struct Setting {
  int readers = 8;
  Clock::duration long_transaction = std::chrono::seconds(6);
};

double Milliseconds(Clock::duration duration) {
  return std::chrono::duration<double, std::milli>(duration).count();
}

// `alter` (none: nothing) beside the readers and the long transaction.
Outcome Watch(const std::string& name, const Setting& setting, const std::string& url,
              const std::optional<ProcessOptions>& alter) {
  Outcome outcome{.name = name, .readings = {}};
  std::atomic<bool> stop = false;
  std::atomic<bool> begun = false;
  std::vector<Readings> readings(static_cast<std::size_t>(setting.readers));
  const auto begin = Clock::now();
  {
    std::vector<std::jthread> readers;
    for (Readings& mine : readings) readers.emplace_back([&] { mine = Read(url, stop); });
    std::jthread sleeper([&] { ReadLong(url, setting.long_transaction, begun); });
    if (!WaitUntil([&] { return begun.load(); })) throw std::runtime_error("nobody reads");
    std::this_thread::sleep_for(kHeadStart);
    if (alter) {
      const auto altering = Clock::now();
      const RunResult result = Run(*alter, std::chrono::minutes(5));
      if (result.exit_code != 0) throw std::runtime_error(result.err);
      outcome.altered_after = Milliseconds(Clock::now() - altering) / 1000;
    }
    sleeper.join();
    stop = true;
  }
  outcome.run = Clock::now() - begin;
  for (const Readings& one : readings) {
    outcome.readings.reads += one.reads;
    outcome.readings.longest = std::max(outcome.readings.longest, one.longest);
  }
  return outcome;
}

std::string BusyDatabase(TestPostgres& server) {
  const std::string database = server.CreateDatabase();
  server.Query(database,
               "CREATE TABLE busy AS SELECT g AS id, repeat('x', 100) AS filler FROM "
               "generate_series(0, 99999) g");
  server.Query(database, "ALTER TABLE busy ADD PRIMARY KEY (id)");
  server.Query(database, "ANALYZE busy");
  return server.Url(database);
}

void Print(const Outcome& outcome, const Outcome& plain) {
  const double longest = Milliseconds(outcome.readings.longest);
  const double seconds = Milliseconds(outcome.run) / 1000;
  std::cout << std::left << std::setw(34) << outcome.name << std::right << std::fixed
            << std::setprecision(0) << std::setw(9) << outcome.readings.reads / seconds
            << std::setw(15) << longest << std::setprecision(3) << std::setw(9)
            << longest / Milliseconds(plain.readings.longest) << std::setprecision(1)
            << std::setw(16) << outcome.altered_after << "\n";
}

void Compare(const Setting& setting) {
  TestPostgres server;
  Schemactl project;
  project.AddRevision("001.sql",
                      "-- Note\n-- revision: 001\n-- down_revision: none\n\n-- migrate:up\n"
                      "ALTER TABLE busy ADD COLUMN note text;\n\n-- migrate:down\n"
                      "ALTER TABLE busy DROP COLUMN note;\n");
  const auto schemactl = [&](const std::string& url, const std::string& timeout) {
    return project.Options({"--url", url, "--quiet", "upgrade", "head", "--lock-timeout", timeout});
  };
  std::vector<Outcome> outcomes;
  std::string url = BusyDatabase(server);
  outcomes.push_back(Watch("nothing", setting, url, std::nullopt));
  url = BusyDatabase(server);
  ProcessOptions psql;
  psql.arguments = {"psql", "--no-psqlrc", "--quiet",
                    "--command=ALTER TABLE busy ADD COLUMN note text", url};
  outcomes.push_back(Watch("psql, ALTER TABLE as it is", setting, url, psql));
  for (const std::string timeout : {"100ms", "1s"}) {
    url = BusyDatabase(server);
    outcomes.push_back(
        Watch("schemactl, lock timeout " + timeout, setting, url, schemactl(url, timeout)));
  }
  std::cout << std::left << std::setw(34) << "added through" << std::right << std::setw(9)
            << "reads/s" << std::setw(15) << "longest, ms" << std::setw(9) << "ratio"
            << std::setw(16) << "added after, s"
            << "\n";
  for (const Outcome& outcome : outcomes) Print(outcome, outcomes[1]);
}

}  // namespace
}  // namespace schemaop::testing

int main(int count, char** arguments) {
  using namespace schemaop::testing;
  const int readers = count > 1 ? std::atoi(arguments[1]) : 8;
  const int seconds = count > 2 ? std::atoi(arguments[2]) : 6;
  if (readers < 1 || seconds < 1) {
    std::cerr << "lock_queue_bench [readers] [seconds]\n";
    return 2;
  }
  try {
    Compare({.readers = readers, .long_transaction = std::chrono::seconds(seconds)});
  } catch (const std::exception& error) {
    std::cerr << error.what() << "\n";
    return 1;
  }
  return 0;
}
