#include "revision/excess_rights.h"

#include "base/text.h"

namespace schemaop {

std::string DescribeExcessRights(const DatabaseState& state) {
  return "the role " + state.login + ", which logs in, has rights that no migration needs (" +
         Join(state.excess_rights, ", ") + "), and so has whoever may change the revisions";
}

}  // namespace schemaop
