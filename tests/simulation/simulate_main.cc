// Runs the operator's core in a model world, seed after seed, and says what went wrong in which.
#include <chrono>
#include <cstdint>
#include <cstdio>
#include <map>
#include <string>
#include <sys/wait.h>
#include <unistd.h>
#include <vector>

#include <CLI/CLI.hpp>

#include "simulated_run.h"

namespace schemaop::simulation {
namespace {

struct Arguments {
  std::uint64_t seeds = 1000;
  std::uint64_t start = 1;
  int jobs = 1;
  RunOptions run;
};

// What one process has to tell of its seeds.
struct Tally {
  Figures figures;
  std::uint64_t failed = 0;  // seeds
  std::uint64_t first = 0;   // of them
};

void Tell(std::uint64_t seed, const Outcome& outcome) {
  for (const std::string& violation : outcome.violations) {
    std::printf("seed %llu: %s\n", static_cast<unsigned long long>(seed), violation.c_str());
  }
  std::fflush(stdout);
}

// Every `jobs`th seed from the `job`th on. A planted bug is looked for until it is found.
Tally RunSeeds(const Arguments& arguments, int job) {
  Tally tally;
  Metrics metrics;
  const Logger logger(arguments.run.trace ? LogLevel::kWarning : LogLevel::kError);
  const bool planted = arguments.run.planted != Planted::kNothing;
  const auto step = static_cast<std::uint64_t>(arguments.jobs);
  for (std::uint64_t i = static_cast<std::uint64_t>(job); i < arguments.seeds; i += step) {
    const std::uint64_t seed = arguments.start + i;
    const Outcome outcome = Simulate(seed, arguments.run, metrics, logger);
    tally.figures += outcome.figures;
    if (outcome.violations.empty()) continue;
    Tell(seed, outcome);
    if (tally.failed++ == 0) tally.first = seed;
    if (planted) break;
  }
  return tally;
}

// A process each, since a run is one thread.
Tally RunJobs(const Arguments& arguments) {
  if (arguments.jobs == 1) return RunSeeds(arguments, 0);
  int pipe_ends[2];
  if (pipe(pipe_ends) != 0) std::exit(2);
  for (int job = 0; job < arguments.jobs; ++job) {
    if (fork() != 0) continue;
    const Tally tally = RunSeeds(arguments, job);
    const bool told = write(pipe_ends[1], &tally, sizeof tally) == sizeof tally;
    std::_Exit(told ? 0 : 2);
  }
  close(pipe_ends[1]);
  Tally sum;
  Tally tally;
  int heard = 0;
  while (read(pipe_ends[0], &tally, sizeof tally) == sizeof tally) {
    ++heard;
    sum.figures += tally.figures;
    sum.failed += tally.failed;
    if (tally.failed > 0 && (sum.first == 0 || tally.first < sum.first)) sum.first = tally.first;
  }
  while (wait(nullptr) > 0) {
  }
  // A process that died, died in a seed.
  if (heard != arguments.jobs) {
    std::printf("simulation: %d of %d processes died\n", arguments.jobs - heard, arguments.jobs);
    std::exit(1);
  }
  return sum;
}

int Report(const Arguments& arguments, const Tally& tally, std::chrono::duration<double> took) {
  const auto number = [](std::uint64_t value) { return static_cast<unsigned long long>(value); };
  const Figures& figures = tally.figures;
  if (arguments.run.planted != Planted::kNothing) {
    if (tally.failed == 0) {
      std::printf("simulation: the planted bug was not found in %llu seeds\n",
                  number(arguments.seeds));
      return 1;
    }
    std::printf("simulation: the planted bug was found by seed %llu\n", number(tally.first));
    return 0;
  }
  std::printf(
      "simulation: %llu seeds from %llu, %llu with violations; %llu pieces, %llu visits, %llu runs "
      "of %llu steps, %llu statuses, %llu kills, %llu suspensions, %llu leaders; %.1f s\n",
      number(arguments.seeds), number(arguments.start), number(tally.failed),
      number(figures.pieces), number(figures.visits), number(figures.runs), number(figures.steps),
      number(figures.statuses), number(figures.crashes), number(figures.pauses),
      number(figures.handovers), took.count());
  if (tally.failed == 0) return 0;
  std::printf("simulation: see one happen: scripts/simulate --seeds 1 --start %llu --trace\n",
              number(tally.first));
  return 1;
}

int Main(int argc, char** argv) {
  Arguments arguments;
  CLI::App app("Runs the operator's core against a model API server and model databases");
  app.add_option("--seeds", arguments.seeds, "How many seeds")->capture_default_str();
  app.add_option("--start", arguments.start, "The first seed")->capture_default_str();
  app.add_option("--jobs", arguments.jobs, "Processes")->check(CLI::Range(1, 256));
  app.add_flag("--trace", arguments.run.trace, "Tell what happens");
  const std::map<std::string, Planted> planted = {
      {"lost-requeue", Planted::kLostRequeue},
      {"stale-status", Planted::kStaleStatus},
      {"plan-not-reread", Planted::kPlanNotReread},
  };
  app.add_option("--planted", arguments.run.planted, "Look for a bug planted in the harness")
      ->transform(CLI::CheckedTransformer(planted));
  CLI11_PARSE(app, argc, argv);
  const auto began = std::chrono::steady_clock::now();
  const Tally tally = RunJobs(arguments);
  return Report(arguments, tally, std::chrono::steady_clock::now() - began);
}

}  // namespace
}  // namespace schemaop::simulation

int main(int argc, char** argv) { return schemaop::simulation::Main(argc, argv); }
