// Counting the transactions of a session, from its own view.
#pragma once

#include <cstdint>
#include <optional>
#include <stop_token>

#include "postgres/session.h"

namespace schemaop {

// The number of the transaction this question runs in. A session numbers its transactions one by
// one, whatever they do (manual, "Transactions and Identifiers": the second part of the virtual
// transaction id): a statement sent between two questions began no other transaction, and so
// committed nothing before it failed, when the second number is the first plus two. nullopt when it
// cannot be asked for. REQUIRES: no transaction is open. Names nothing through the search_path.
std::optional<std::int64_t> TransactionNumber(Session& session, const std::stop_token& stop);

}  // namespace schemaop
