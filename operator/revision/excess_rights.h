// Rights of a login that no migration needs.
#pragma once

#include <string>

#include "revision/database_state.h"

namespace schemaop {

// "the role postgres, which logs in, has rights that no migration needs (SUPERUSER), and so has
// whoever may change the revisions". REQUIRES: state.excess_rights is not empty.
std::string DescribeExcessRights(const DatabaseState& state);

}  // namespace schemaop
