#include "catalog/plan_graph.h"

#include <set>
#include <tuple>

namespace schemaop {

std::size_t PlanGraph::Add(int rank, std::string name) {
  steps_.push_back({rank, std::move(name), {}});
  return steps_.size() - 1;
}

void PlanGraph::Before(std::size_t first, std::size_t then) {
  if (first != then) steps_[first].next.emplace_back(then, false);
}

void PlanGraph::Wish(std::size_t first, std::size_t then) {
  if (first != then) steps_[first].next.emplace_back(then, true);
}

PlanGraph::Order PlanGraph::Sort() const {
  std::vector<int> needs(steps_.size(), 0);
  std::vector<int> wishes(steps_.size(), 0);
  for (const Step& step : steps_)
    for (const auto& [then, wish] : step.next) ++(wish ? wishes : needs)[then];
  const auto before = [&](std::size_t left, std::size_t right) {
    return std::tie(steps_[left].rank, steps_[left].name, left) <
           std::tie(steps_[right].rank, steps_[right].name, right);
  };
  std::set<std::size_t, decltype(before)> ready(before);
  std::set<std::size_t, decltype(before)> waiting(before);
  for (std::size_t i = 0; i < steps_.size(); ++i)
    (needs[i] == 0 && wishes[i] == 0 ? ready : waiting).insert(i);
  Order order;
  while (!ready.empty() || !waiting.empty()) {
    if (ready.empty()) {
      // A cycle: without wishes first, then by rank alone.
      std::size_t chosen = *waiting.begin();
      bool wished = false;
      for (const std::size_t i : waiting) {
        if (needs[i] != 0) continue;
        chosen = i;
        wished = true;
        break;
      }
      if (!wished) order.cyclic.push_back(chosen);
      waiting.erase(chosen);
      ready.insert(chosen);
    }
    const std::size_t step = *ready.begin();
    ready.erase(ready.begin());
    order.steps.push_back(step);
    for (const auto& [then, wish] : steps_[step].next) {
      int& count = (wish ? wishes : needs)[then];
      --count;
      if (needs[then] == 0 && wishes[then] == 0 && waiting.erase(then) > 0) ready.insert(then);
    }
  }
  return order;
}

std::set<std::size_t> PlanGraph::Knot() const {
  std::vector<std::vector<std::size_t>> behind(steps_.size());
  std::vector<std::vector<std::size_t>> ahead(steps_.size());
  for (std::size_t i = 0; i < steps_.size(); ++i)
    for (const auto& [then, wish] : steps_[i].next) {
      if (wish) continue;
      behind[i].push_back(then);
      ahead[then].push_back(i);
    }
  std::vector<std::size_t> leads(steps_.size());
  std::vector<std::size_t> follows(steps_.size());
  std::set<std::size_t> knot;
  std::vector<std::size_t> loose;
  for (std::size_t i = 0; i < steps_.size(); ++i) {
    leads[i] = behind[i].size();
    follows[i] = ahead[i].size();
    knot.insert(i);
    if (leads[i] == 0 || follows[i] == 0) loose.push_back(i);
  }
  while (!loose.empty()) {
    const std::size_t step = loose.back();
    loose.pop_back();
    if (knot.erase(step) == 0) continue;
    for (const std::size_t then : behind[step])
      if (--follows[then] == 0) loose.push_back(then);
    for (const std::size_t first : ahead[step])
      if (--leads[first] == 0) loose.push_back(first);
  }
  return knot;
}

}  // namespace schemaop
