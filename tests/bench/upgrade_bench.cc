// How long `schemactl upgrade` takes beside psql.
//
//   upgrade_bench [revisions] [rounds] [fsync]
//
// 1. An upgrade of `revisions` (500) realistic revisions on an empty database, beside psql running
//    the same statements in the same transactions, each with its change of the version row.
// 2. The same over a line with a round trip of half a millisecond, as between two machines.
// 3. An upgrade with nothing to do among 1,000 revisions, beside psql -c 'select 1'.
//
// The two take turns, `rounds` (7) times, with the first place changing; medians are compared. Each
// run has a database of its own, all made before and dropped with the server at the end: a file
// system that has just lost many files is slow for a while. The server runs with fsync off, unless
// a third argument says otherwise: it measures the client then, not the disk.
#include <algorithm>
#include <chrono>
#include <cstdlib>
#include <functional>
#include <iostream>
#include <stdexcept>
#include <string>
#include <vector>

#include "postgres/test_postgres.h"
#include "schemactl.h"
#include "slow_line.h"

namespace schemaop::testing {
namespace {

using Clock = std::chrono::steady_clock;
using Milliseconds = std::chrono::duration<double, std::milli>;

std::string Id(int number) { return "r" + std::to_string(10000 + number); }
std::string Table(int number) { return "orders_" + std::to_string(number); }

// A table as they are: a key, a reference to the one before, a check, two indexes, a comment, rows.
std::vector<std::string> Statements(int number) {
  const std::string table = Table(number);
  const std::string parent =
      number == 1 ? "bigint" : "bigint REFERENCES " + Table(number - 1) + " (id)";
  std::string rows;
  for (int i = 1; i <= 10; ++i) {
    rows += std::string(i == 1 ? "" : ", ") + "('customer " + std::to_string(i) + "', " +
            std::to_string(i * 100) + ", 'open')";
  }
  return {"CREATE TABLE " + table +
              " (id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, parent_id " + parent +
              ", customer text NOT NULL, amount numeric(12,2) NOT NULL CHECK (amount >= 0), "
              "state text NOT NULL DEFAULT 'new', note text, created_at timestamptz NOT NULL "
              "DEFAULT now(), updated_at timestamptz)",
          "CREATE INDEX ix_" + table + "_customer ON " + table + " (customer, created_at)",
          "CREATE INDEX ix_" + table + "_state ON " + table + " (state) WHERE state <> 'done'",
          "COMMENT ON TABLE " + table + " IS 'Orders, part " + std::to_string(number) + "'",
          "INSERT INTO " + table + " (customer, amount, state) VALUES " + rows};
}

std::string RevisionText(int number) {
  std::string text = "-- Add part " + std::to_string(number) + "\n--\n-- revision: " + Id(number) +
                     "\n-- down_revision: " + (number == 1 ? "none" : Id(number - 1)) +
                     "\n\n-- migrate:up\n";
  for (const std::string& statement : Statements(number)) text += statement + ";\n";
  return text + "\n-- migrate:down\nDROP TABLE " + Table(number) + ";\n";
}

std::string PsqlScript(int revisions) {
  std::string script =
      "CREATE TABLE alembic_version (version_num varchar(32) NOT NULL, CONSTRAINT "
      "alembic_version_pkc PRIMARY KEY (version_num));\n";
  for (int number = 1; number <= revisions; ++number) {
    script += "BEGIN;\n";
    for (const std::string& statement : Statements(number)) script += statement + ";\n";
    script += number == 1 ? "INSERT INTO alembic_version VALUES ('" + Id(1) + "');\n"
                          : "UPDATE alembic_version SET version_num = '" + Id(number) +
                                "' WHERE version_num = '" + Id(number - 1) + "';\n";
    script += "COMMIT;\n";
  }
  return script;
}

double Measure(const ProcessOptions& options) {
  const auto begin = Clock::now();
  const RunResult result = Run(options, std::chrono::minutes(10));
  const double took = Milliseconds(Clock::now() - begin).count();
  if (result.exit_code != 0) throw std::runtime_error(result.err);
  return took;
}

double Median(std::vector<double> values) {
  std::sort(values.begin(), values.end());
  return values[values.size() / 2];
}

// Runs `ours` and `theirs`, given the round, in turns and prints their medians and the ratio.
void Compare(const std::string& title, int rounds, const std::function<ProcessOptions(int)>& ours,
             const std::function<ProcessOptions(int)>& theirs) {
  std::vector<double> our_times;
  std::vector<double> their_times;
  for (int round = 0; round < rounds; ++round) {
    if (round % 2 == 0) our_times.push_back(Measure(ours(round)));
    their_times.push_back(Measure(theirs(round)));
    if (round % 2 == 1) our_times.push_back(Measure(ours(round)));
  }
  std::cout << title << ": schemactl " << Median(our_times) << " ms, psql " << Median(their_times)
            << " ms, ratio " << Median(our_times) / Median(their_times) << " (" << rounds
            << " rounds, medians)\n"
            << std::flush;
}

ProcessOptions Psql(std::vector<std::string> arguments, const std::string& url) {
  ProcessOptions options;
  options.arguments = {"psql", "--no-psqlrc", "--quiet", "--set=ON_ERROR_STOP=on"};
  options.arguments.insert(options.arguments.end(), arguments.begin(), arguments.end());
  options.arguments.push_back(url);
  options.environment = {{"LC_ALL", "C"}};
  return options;
}

void CompareUpgrades(TestPostgres& server, int port, const std::string& where, int revisions,
                     int rounds) {
  Schemactl project;
  for (int number = 1; number <= revisions; ++number) {
    project.AddRevision(Id(number) + ".sql", RevisionText(number));
  }
  const auto script = project.folder() / "all.sql";
  WriteFile(script, PsqlScript(revisions));
  std::vector<std::string> databases;
  for (int i = 0; i < 2 * rounds; ++i) databases.push_back(server.CreateDatabase());
  const auto url = [&](int index) {
    return "postgresql://postgres@127.0.0.1:" + std::to_string(port) + "/" +
           databases[static_cast<std::size_t>(index)];
  };
  Compare(
      "upgrade of " + std::to_string(revisions) + " revisions" + where, rounds,
      [&](int round) {
        server.Query("postgres", "CHECKPOINT");
        return project.Options({"--url", url(2 * round), "--quiet", "upgrade", "head"});
      },
      [&](int round) {
        server.Query("postgres", "CHECKPOINT");
        return Psql({"--file=" + script.string()}, url(2 * round + 1));
      });
}

void CompareNothingToDo(TestPostgres& server, int revisions, int rounds) {
  Schemactl project;
  for (int number = 1; number <= revisions; ++number) {
    project.AddRevision(Id(number) + ".sql", RevisionText(number));
  }
  const std::string url = server.Url(server.CreateDatabase());
  Measure(project.Options({"--url", url, "--quiet", "stamp", "head"}));
  Compare(
      "nothing to do among " + std::to_string(revisions) + " revisions", rounds * 3,
      [&](int) {
        return project.Options({"--url", url, "--quiet", "upgrade", "head"});
      },
      [&](int) {
        return Psql({"--command=select 1", "--output=/dev/null"}, url);
      });
}

}  // namespace
}  // namespace schemaop::testing

int main(int count, char** arguments) {
  using namespace schemaop::testing;
  const int revisions = count > 1 ? std::atoi(arguments[1]) : 500;
  const int rounds = count > 2 ? std::atoi(arguments[2]) : 7;
  if (revisions < 1 || rounds < 1) {
    std::cerr << "upgrade_bench [revisions] [rounds] [fsync]\n";
    return 2;
  }
  try {
    TestPostgres server(count > 3 ? std::vector<std::string>{"fsync = on", "full_page_writes = on"}
                                  : std::vector<std::string>{});
    CompareUpgrades(server, server.port(), "", revisions, rounds);
    const SlowLine line(server.port(), std::chrono::microseconds(250));
    CompareUpgrades(server, line.port(), " over a round trip of 0.5 ms", revisions, rounds);
    CompareNothingToDo(server, 1000, rounds);
  } catch (const std::exception& error) {
    std::cerr << error.what() << "\n";
    return 1;
  }
  return 0;
}
