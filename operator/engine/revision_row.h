// What a ledger row says of a revision as a whole.
#pragma once

#include <vector>

#include "postgres/ledger.h"
#include "revision/revision.h"

namespace schemaop {

// A row with all that the ledger keeps of `revision`, so that it can be taken back when its file is
// gone. `depends_on`: the ids that its dependencies mean. The caller fills in who, when and which
// way.
LedgerRow RevisionRow(LedgerKind kind, const Revision& revision,
                      std::vector<RevisionId> depends_on);

}  // namespace schemaop
