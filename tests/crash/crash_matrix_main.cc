// The crash matrix: every fault point x kill, stop and error x runs; see scripts/crash-matrix.
#include <fstream>
#include <iostream>
#include <memory>
#include <random>
#include <regex>

#include <CLI/CLI.hpp>

#include "base/fault_point.h"
#include "freed_lock.h"
#include "matrix_run.h"
#include "operator_run.h"
#include "table.h"

namespace schemaop::testing {
namespace {

struct MatrixOptions {
  std::string points = ".*";
  int runs = 3;
  unsigned seed = 20261122;
  bool smoke = false;
  bool list = false;
  int kills = 0;
  std::string output;
};

// A scenario that comes to a point, and how often.
struct Place {
  MatrixRunner* runner = nullptr;
  int turns = 0;
};

// Starting the operator takes long: a smoke takes every so many of its points.
constexpr int kSmokeOfOperator = 4;

bool IsOfOperator(const FaultPointRow& row) { return row.name.starts_with("controller."); }

// The operator writes its status and posts events more than once for a run.
bool ComesTwice(const std::string& point) {
  return point.find(".status.writ") != std::string::npos ||
         point.find(".event.post") != std::string::npos;
}

class Matrix {
 public:
  explicit Matrix(const MatrixOptions& options) : options_(options), random_(options.seed) {}

  // Every run of the point.
  void RunPoint(const FaultPointRow& row, int number) {
    const auto& actions = Table::Actions();
    const bool passes = row.on_error == FaultPointRow::OnError::kNothing;
    const std::string point(row.name);
    for (std::size_t i = 0; i < actions.size(); ++i) {
      const bool is_skipped = actions[i] == "error" && passes;
      if (options_.smoke && (number + i) % actions.size() != 0) continue;
      if (options_.smoke && IsOfOperator(row) && number % kSmokeOfOperator != 0) continue;
      if (is_skipped && !options_.smoke) {
        table_.Skip(point, actions[i]);
        continue;
      }
      const std::string action = is_skipped ? "kill" : actions[i];
      const int runs = IsOfOperator(row) ? (options_.runs + 2) / 3 : options_.runs;
      for (int run = 0; run < runs; ++run) {
        if (IsOfOperator(row)) {
          RunOperator(point, action);
        } else {
          RunSchemactl(point, action);
        }
      }
    }
  }

  const Table& table() const { return table_; }

 private:
  int AnyOf(int least, int most) { return std::uniform_int_distribution(least, most)(random_); }

  void RunOperator(const std::string& point, const std::string& action) {
    if (!operator_) operator_ = std::make_unique<OperatorRunner>();
    const FaultOrder order{
        .point = point, .turn = ComesTwice(point) ? AnyOf(1, 2) : 1, .action = action};
    Note(order, "operator", operator_->Run(order, random_));
  }

  void RunSchemactl(const std::string& point, const std::string& action) {
    if (runners_.empty()) TraceScenarios();
    const std::vector<Place>& places = places_[point];
    if (places.empty()) return table_.Skip(point, action);
    // A place may miss the point this time: what another session does, or how long something takes,
    // can lead past it.
    const std::size_t first = AnyOf(0, static_cast<int>(places.size()) - 1);
    for (std::size_t i = 0; i < places.size(); ++i) {
      if (ReachAt(places[(first + i) % places.size()], point, action)) return;
    }
  }

  bool ReachAt(const Place& place, const std::string& point, const std::string& action) {
    const int turn = AnyOf(1, place.turns);
    if (RunOnce(place, {.point = point, .turn = turn, .action = action})) return true;
    // A later turn may be that of the monitor, which comes only when something takes long.
    return turn > 1 && RunOnce(place, {.point = point, .turn = 1, .action = action});
  }

  bool RunOnce(const Place& place, const FaultOrder& order) {
    const MatrixResult result = place.runner->Run(order, random_);
    Note(order, place.runner->scenario().name, result);
    return result.reached;
  }

  void TraceScenarios() {
    for (Scenario& scenario : Scenarios()) {
      runners_.push_back(std::make_unique<MatrixRunner>(server_, std::move(scenario)));
      for (const auto& [point, turns] : runners_.back()->Trace()) {
        places_[point].push_back({runners_.back().get(), turns});
      }
    }
  }

  void Note(const FaultOrder& order, const std::string& scenario, const MatrixResult& result) {
    std::cerr << order.Text() << " (" << scenario
              << "): " << (result.reached ? "reached" : "not reached") << ", "
              << result.violations.size() << " violations" << std::endl;
    for (const std::string& violation : result.violations) std::cerr << "  " << violation << '\n';
    table_.Add(order, scenario, result);
  }

  MatrixOptions options_;
  std::mt19937 random_;
  TestPostgres server_;
  std::vector<std::unique_ptr<MatrixRunner>> runners_;
  std::map<std::string, std::vector<Place>> places_;
  std::unique_ptr<OperatorRunner> operator_;
  Table table_;
};

int RunMatrix(const MatrixOptions& options) {
  if (options.list) {
    for (const FaultPointRow& row : FaultPoints()) std::cout << row.name << '\n';
    return 0;
  }
  if (options.kills > 0) {
    TestPostgres server;
    std::cout << DescribeFreed("in the middle of a statement",
                               KillInStatements(server, options.kills));
    return 0;
  }
  const std::regex wanted(options.points);
  Matrix matrix(options);
  int number = 0;
  for (const FaultPointRow& row : FaultPoints()) {
    if (std::regex_search(std::string(row.name), wanted)) matrix.RunPoint(row, number++);
  }
  const auto unreached = matrix.table().NeverReached();
  std::string text = matrix.table().Render();
  for (const std::string& point : unreached) text += "\nNEVER REACHED " + point + "\n";
  text += "Seed " + std::to_string(options.seed) + ".\n";
  std::cout << text;
  if (!options.output.empty()) std::ofstream(options.output) << text;
  return matrix.table().HasViolations() || !unreached.empty() ? 1 : 0;
}

}  // namespace
}  // namespace schemaop::testing

int main(int argc, char** argv) {
  schemaop::testing::MatrixOptions options;
  CLI::App app("Kills, stops and fails schemactl at every fault point and checks what is left.");
  app.add_option("--points", options.points, "points whose name this regular expression finds");
  app.add_option(
         "--runs", options.runs,
         "runs for each point and action; a third of it for the operator's, which take long")
      ->check(CLI::Range(1, 10'000))
      ->capture_default_str();
  app.add_option("--seed", options.seed, "of everything random")->capture_default_str();
  app.add_option("--output", options.output, "file for the table, as well as standard output");
  app.add_option("--kills", options.kills,
                 "instead: kill so many runs in the middle of a statement and measure until the "
                 "server has freed the lock");
  app.add_flag("--smoke", options.smoke, "one action for each point, in turn");
  app.add_flag("--list", options.list, "print every point's name and end");
  try {
    app.parse(argc, argv);
    return schemaop::testing::RunMatrix(options);
  } catch (const CLI::ParseError& error) {
    return app.exit(error) == 0 ? 0 : 2;
  } catch (const std::exception& error) {
    std::cerr << "crash_matrix: " << error.what() << '\n';
    return 1;
  }
}
