// Asking the server to break off what a session does.
#pragma once

#include <chrono>

struct pg_conn;  // libpq's PGconn

namespace schemaop {

// How long a cancelled statement has to end; then its connection is given up.
inline constexpr std::chrono::seconds kCancelGrace{10};

// Sends the request over a connection of its own; returns when it is sent, or after kCancelGrace.
// What the session is doing when the request arrives ends with SQLSTATE 57014; when it does nothing
// just then, nothing happens.
void SendCancel(pg_conn* connection);

}  // namespace schemaop
