// Saying on standard error what a run is doing, once for each thing that happens.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "cli/output.h"
#include "revision/graph.h"
#include "revision/run_report.h"

namespace schemaop {

// Turns a run's changes into lines: one for each step when it begins, one for each holder of the
// migration lock and each set of sessions waited for, one for each phase of an index build. Used on
// the migrating thread alone; what it refers to must outlive it.
class ProgressPrinter {
 public:
  ProgressPrinter(Output& output, const RevisionGraph& graph) : output_(output), graph_(&graph) {}

  // Where steps are looked up from now on.
  void Use(const RevisionGraph& graph) { graph_ = &graph; }

  void operator()(const RunProgress& progress);

 private:
  Output& output_;
  const RevisionGraph* graph_;
  void SayBlockers(const RunProgress& progress);
  void SayBuild(const RunProgress& progress);

  int announced_step_ = 0;
  std::vector<int> announced_blockers_;  // their process ids
  std::string announced_phase_;
  std::optional<LockHolder> announced_holder_;
};

// "2 attempts were rolled back and tried again to let others pass; another session was seen waiting
// 103ms for this run, none longer", or a part of it; empty when there was neither.
std::string DescribeReceipt(const Receipt& receipt);

// "pid 4711 (schema-operator) since 2026-11-22T10:00:00Z", or "another session" when nothing is
// known.
std::string DescribeHolder(const std::optional<LockHolder>& holder);

}  // namespace schemaop
