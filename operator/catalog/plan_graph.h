// Steps with an order between some of them, put into one order.
#pragma once

#include <cstddef>
#include <set>
#include <string>
#include <utility>
#include <vector>

namespace schemaop {

// A graph of steps, numbered from 0. Among those that may run, the smallest rank runs first, then
// the smallest name: the same input always gives the same order.
class PlanGraph {
 public:
  std::size_t Add(int rank, std::string name);
  // `first` runs before `then`. A wish is given up when the order has a cycle.
  void Before(std::size_t first, std::size_t then);
  void Wish(std::size_t first, std::size_t then);

  struct Order {
    std::vector<std::size_t> steps;
    std::vector<std::size_t>
        cyclic;  // the steps that no order allows; they are in `steps` all the same
  };
  Order Sort() const;

  // The steps that, wishes aside, stand in a cycle or between two: those that have something before
  // them and behind them however far one goes.
  std::set<std::size_t> Knot() const;

 private:
  struct Step {
    int rank;
    std::string name;
    std::vector<std::pair<std::size_t, bool>> next;  // and whether that is a wish
  };
  std::vector<Step> steps_;
};

}  // namespace schemaop
