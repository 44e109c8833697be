#include "revision/step_line.h"

#include "base/text.h"

namespace schemaop {

std::string StepLine(const Revision& revision, Direction direction) {
  const std::string parents = Join(revision.down_revisions, ", ");
  const std::string message = revision.message.substr(0, revision.message.find('\n'));
  return direction == Direction::kUpgrade
             ? "Running upgrade " + parents + " -> " + revision.id + ", " + message
             : "Running downgrade " + revision.id + " -> " + parents + ", " + message;
}

}  // namespace schemaop
