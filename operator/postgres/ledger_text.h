// The words the ledger's table stores.
#pragma once

#include <string_view>

#include "postgres/ledger.h"
#include "revision/revision.h"

namespace schemaop {

// "applied", "stamped", "intent", "done", "failed", "resolved", "accepted".
std::string_view LedgerKindName(LedgerKind kind);
// The kind of that name; kApplied for any other text (the table has a CHECK).
LedgerKind LedgerKindNamed(std::string_view name);

// "upgrade", "downgrade".
std::string_view DirectionName(Direction direction);

}  // namespace schemaop
