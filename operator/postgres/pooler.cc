#include "postgres/pooler.h"

namespace schemaop {

Result<void> RefusePooler(Session& session, const std::stop_token& stop) {
  auto rows = session.Query("SELECT pg_catalog.pg_backend_pid()", {}, stop);
  if (!rows) return Fail(ToError(rows.error()));
  if (rows->front().Integer(0) == session.backend_pid()) return {};
  return Fail(
      ErrorCode::kRejected,
      session.label() +
          " is reached through a connection pooler, where locks and settings of a session do "
          "not hold; use the server's direct address");
}

}  // namespace schemaop
