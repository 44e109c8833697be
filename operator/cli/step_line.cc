#include "cli/step_line.h"

#include <fmt/format.h>

#include "base/text.h"

namespace schemaop {

std::string StepLine(const Revision& revision, Direction direction) {
  const std::string parents = Join(revision.down_revisions, ", ");
  const std::string message = revision.message.substr(0, revision.message.find('\n'));
  return direction == Direction::kUpgrade
             ? fmt::format("Running upgrade {} -> {}, {}", parents, revision.id, message)
             : fmt::format("Running downgrade {} -> {}, {}", revision.id, parents, message);
}

}  // namespace schemaop
