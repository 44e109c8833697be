// What came of a simulated run.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace schemaop::simulation {

// Bugs to plant in the harness, never in what ships: the simulation must find each.
enum class Planted {
  kNothing,
  kLostRequeue,    // a worker forgets to look again
  kStaleStatus,    // status is written whatever the object has become meanwhile
  kPlanNotReread,  // the plan is made from what was seen before the lock was had
};

struct RunOptions {
  Planted planted = Planted::kNothing;
  bool trace = false;  // tell on standard error what happens
};

// What happened in a run, for the sums.
struct Figures {
  std::uint64_t pieces = 0;    // of execution, between two of which anything may happen
  std::uint64_t visits = 0;    // reconciles
  std::uint64_t runs = 0;      // migrations begun
  std::uint64_t steps = 0;     // revisions committed by them
  std::uint64_t statuses = 0;  // written
  std::uint64_t crashes = 0;
  std::uint64_t pauses = 0;
  std::uint64_t handovers = 0;  // of leadership
  std::uint64_t lost_commits = 0;

  Figures& operator+=(const Figures& other);
};

struct Outcome {
  std::vector<std::string> violations;
  Figures figures;
  std::string ended;  // how, in a word
};

}  // namespace schemaop::simulation
