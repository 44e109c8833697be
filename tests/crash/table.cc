#include "table.h"

#include <algorithm>

#include <fmt/format.h>

#include "freed_lock.h"

namespace schemaop::testing {

const std::vector<std::string>& Table::Actions() {
  static const std::vector<std::string> actions = {"kill", "stop", "error"};
  return actions;
}

void Table::Skip(const std::string& point, const std::string& action) {
  if (!rows_.contains(point)) order_.push_back(point);
  rows_[point].cells[action];
}

void Table::Add(const FaultOrder& order, const std::string& scenario, const MatrixResult& result) {
  Skip(order.point, order.action);
  Row& row = rows_[order.point];
  Cell& cell = row.cells[order.action];
  ++cell.runs;
  if (result.reached) ++cell.reached;
  row.settled += result.settled;
  row.violations += static_cast<int>(result.violations.size());
  for (const std::string& violation : result.violations) {
    violations_.push_back(
        fmt::format("SCHEMAOP_FAULT={} in {}: {}", order.Text(), scenario, violation));
  }
  if (result.freed) freed_.push_back(*result.freed);
  waited_[order.action] = std::max(waited_[order.action], result.waited);
}

std::vector<std::string> Table::NeverReached() const {
  std::vector<std::string> points;
  for (const auto& [point, row] : rows_) {
    const bool reached = std::any_of(row.cells.begin(), row.cells.end(),
                                     [](const auto& cell) { return cell.second.reached > 0; });
    if (!reached) points.push_back(point);
  }
  return points;
}

std::string Table::Render() const {
  std::string text =
      "| point | kill | stop | error | in doubt, settled | violations "
      "|\n|---|---|---|---|---|---|\n";
  int runs = 0;
  int reached = 0;
  for (const std::string& point : order_) {
    const Row& row = rows_.at(point);
    text += "| " + point + " |";
    for (const std::string& action : Actions()) {
      const auto found = row.cells.find(action);
      const Cell cell = found == row.cells.end() ? Cell() : found->second;
      runs += cell.runs;
      reached += cell.reached;
      text += cell.runs == 0 ? " – |" : fmt::format(" {}/{} |", cell.reached, cell.runs);
    }
    text += fmt::format(" {} | {} |\n", row.settled, row.violations);
  }
  text += fmt::format("\n{} points, {} runs, {} reached their point, {} violations.\n",
                      order_.size(), runs, reached, violations_.size());
  if (!freed_.empty()) text += DescribeFreed("at a point", freed_);
  for (const auto& [action, waited] : waited_) {
    text += fmt::format(
        "Meanwhile another session used a table of the revisions: the longest it waited for a lock "
        "was {} ms ({}).\n",
        waited.count(), action);
  }
  for (const std::string& violation : violations_) text += "\nVIOLATION " + violation + "\n";
  return text;
}

}  // namespace schemaop::testing
