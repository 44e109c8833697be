#include "engine/transaction_number.h"

namespace schemaop {

std::optional<std::int64_t> TransactionNumber(Session& session, const std::stop_token& stop) {
  auto rows = session.Query(
      "SELECT pg_catalog.split_part(l.virtualtransaction, '/', 2) FROM pg_catalog.pg_locks l "
      "WHERE l.locktype OPERATOR(pg_catalog.=) 'virtualxid' AND l.pid OPERATOR(pg_catalog.=) "
      "pg_catalog.pg_backend_pid()",
      {}, stop);
  if (!rows || rows->size() != 1) return std::nullopt;
  return rows->front().Integer(0);
}

}  // namespace schemaop
