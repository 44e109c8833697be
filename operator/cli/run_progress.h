// Saying on standard error what a run is doing, once for each thing that happens.
#pragma once

#include <optional>
#include <string>

#include "cli/output.h"
#include "revision/graph.h"
#include "revision/run_report.h"

namespace schemaop {

// Turns a run's changes into lines: one for each step when it begins, one for each holder waited
// for. Used on the migrating thread alone; both references must outlive it.
class ProgressPrinter {
 public:
  ProgressPrinter(Output& output, const RevisionGraph& graph) : output_(output), graph_(graph) {}

  void operator()(const RunProgress& progress);

 private:
  Output& output_;
  const RevisionGraph& graph_;
  int announced_step_ = 0;
  std::optional<LockHolder> announced_holder_;
};

// "pid 4711 (schema-operator) since 2026-11-22T10:00:00Z", or "another session" when nothing is
// known.
std::string DescribeHolder(const std::optional<LockHolder>& holder);

}  // namespace schemaop
