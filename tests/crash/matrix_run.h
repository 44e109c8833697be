// One run of the crash matrix: a scenario, one fault, and what the oracle says of it.
#pragma once

#include <chrono>
#include <map>
#include <optional>
#include <random>
#include <string>

#include "faultproxy/fault_proxy.h"
#include "oracle.h"
#include "schemactl.h"

namespace schemaop::testing {

// A value of SCHEMAOP_FAULT.
struct FaultOrder {
  std::string point;
  int turn = 1;
  std::string action;  // kill, stop, error

  std::string Text() const { return point + ":" + std::to_string(turn) + ":" + action; }
};

struct MatrixResult {
  bool reached = false;
  int settled = 0;  // statements in doubt that the harness, as a person, looked at and settled
  // The longest that a bystander was seen waiting for a lock.
  std::chrono::milliseconds waited{0};
  // After a kill: until the server had ended the session, and the migration lock with it.
  std::optional<std::chrono::milliseconds> freed;
  Violations violations;
};

// Runs of one scenario, one after another, on a database of their own.
class MatrixRunner {
 public:
  MatrixRunner(TestPostgres& server, Scenario scenario);

  const Scenario& scenario() const { return scenario_; }
  // How often a run without a fault comes to each point.
  std::map<std::string, int> Trace();
  MatrixResult Run(const FaultOrder& order, std::mt19937& random);

 private:
  void Prepare();
  void Must(const std::vector<std::string>& command);
  ProcessOptions Faulted(const std::string& order);
  void LoseACommit();
  std::unique_ptr<ChildProcess> StartRival();
  std::optional<int> Suffer(const FaultOrder& order, std::mt19937& random, MatrixResult& result);
  void WhileStopped(ChildProcess& child, std::mt19937& random, MatrixResult& result);
  void CheckExit(int exit_code, const std::string& before, MatrixResult& result);
  void Converge(MatrixResult& result);
  static void CheckWaits(const FaultOrder& order, std::chrono::milliseconds waited,
                         MatrixResult& result);
  void Settle(const std::string& said);
  void Note(const Violations& violations, MatrixResult& result) const;

  TestPostgres& server_;
  Scenario scenario_;
  Oracle oracle_;
  FaultProxy proxy_;
  Schemactl schemactl_;
};

}  // namespace schemaop::testing
