// The crash matrix's results as a table.
#pragma once

#include <chrono>
#include <map>
#include <string>
#include <vector>

#include "matrix_run.h"

namespace schemaop::testing {

// Collects results and renders them in Markdown.
class Table {
 public:
  // Columns of actions, in this order.
  static const std::vector<std::string>& Actions();

  void Add(const FaultOrder& order, const std::string& scenario, const MatrixResult& result);
  // Notes that `point` has no such action.
  void Skip(const std::string& point, const std::string& action);

  bool HasViolations() const { return !violations_.empty(); }
  // Points that no run reached, with a fault.
  std::vector<std::string> NeverReached() const;
  std::string Render() const;

 private:
  struct Cell {
    int runs = 0;
    int reached = 0;
  };
  struct Row {
    std::map<std::string, Cell> cells;  // by action
    int settled = 0;
    int violations = 0;
  };

  std::vector<std::string> order_;  // of points
  std::map<std::string, Row> rows_;
  std::vector<std::string> violations_;
  std::vector<std::chrono::milliseconds> freed_;
  std::map<std::string, std::chrono::milliseconds> waited_;  // the longest, by action
};

}  // namespace schemaop::testing
