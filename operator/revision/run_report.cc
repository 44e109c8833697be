#include "revision/run_report.h"

namespace schemaop {

std::string DescribeRemains(const InterruptedStep& step) {
  const std::string outside = "revision " + step.revision + " runs outside a transaction: ";
  const int done = step.statements_done;
  if (done == 0) return outside + "the next run finds out what became of its first statement";
  return outside + "its first " + (done == 1 ? "statement" : std::to_string(done) + " statements") +
         " took effect, and the next run finds out what became of the one that was cut off";
}

}  // namespace schemaop
