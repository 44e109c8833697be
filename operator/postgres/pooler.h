// Telling a connection pooler from a server.
#pragma once

#include <stop_token>

#include "postgres/session.h"

namespace schemaop {

// kRejected (nothing else about a connection gives that code) when a pooler sits between us and the
// server: session locks and settings do not survive one (transaction pooling grants one advisory
// lock to several clients). Found by the process id: a pooler announces one of its own at connect.
Result<void> RefusePooler(Session& session, const std::stop_token& stop);

}  // namespace schemaop
