// Telling a connection pooler that shares sessions from a server.
#pragma once

#include <stop_token>

#include "postgres/session.h"

namespace schemaop {

// kUnsuitable (nothing else gives that code) when `session` goes through a pooler that hands its
// server session to others between two transactions (pgbouncer's pool_mode transaction or
// statement): a session's locks and settings do not hold there, one advisory lock is granted to
// several clients, and what we SET would reach the next one. A pooler that keeps a session to one
// client is as good as none. `options`: those of `session`, to connect once more.
//
// A pooler is known by the process id it makes up at connect; that it shares, by a second
// connection that is given the session which ours has just left idle. Nothing is set in either. A
// pooler busy enough to hide it is found when a transaction misses the migration lock.
Result<void> RefuseSharedSession(Session& session, const SessionOptions& options,
                                 const std::stop_token& stop);

}  // namespace schemaop
