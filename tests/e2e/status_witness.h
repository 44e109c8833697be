// Watches every SchemaVersion of a cluster while tests run, so that every status ever written is
// judged.
#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "process/process.h"

namespace schemaop::testing {

// One `kubectl get --watch` from construction on. Used by one thread.
class StatusWitness {
 public:
  // `watch` starts kubectl so that it writes every SchemaVersion of every namespace as JSON.
  explicit StatusWitness(const ProcessOptions& watch);

  struct Verdict {
    std::size_t judged = 0;               // states with a status of the operator's
    std::vector<std::string> violations;  // see StatusChecker
  };

  // Ends the watch once it has shown an object of this name, so that it has shown all before, and
  // judges what it has shown. Throws std::runtime_error when it does not come to that: something
  // was missed then.
  Verdict Judge(const std::string& last_name);

 private:
  ChildProcess watch_;
};

// The arguments of kubectl for the watch.
std::vector<std::string> WatchArguments();

}  // namespace schemaop::testing
