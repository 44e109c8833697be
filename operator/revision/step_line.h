// "Running upgrade 001 -> 002, message": a step as Alembic announces it.
#pragma once

#include <string>

#include "revision/revision.h"

namespace schemaop {

// The line for running `revision` in `direction`. Base is an empty name and dependencies are not
// named, as in Alembic: "Running upgrade  -> 001, first", "Running downgrade 002 -> 001, second".
std::string StepLine(const Revision& revision, Direction direction);

}  // namespace schemaop
