// Opening a libpq connection without blocking longer than asked.
#pragma once

#include <chrono>
#include <memory>
#include <stop_token>
#include <string>

#include "base/error.h"
#include "postgres/dsn.h"
#include "postgres/tls_files.h"

struct pg_conn;  // libpq's PGconn

namespace schemaop {

struct PgConnCloser {
  void operator()(pg_conn* connection) const;
};

// An established connection and the files its TLS needs.
struct OpenConnection {
  TlsFiles tls;
  std::unique_ptr<pg_conn, PgConnCloser> connection;
};

// Connects to the first host of `dsn` that takes us, waiting at most `timeout` for each (the DSN's
// connect_timeout, in seconds, wins). Several hosts and no target_session_attrs mean the one that
// accepts writes. Errors say which of these it was and never hold a password: kUnavailable
// (unreachable, silent, starting up, too many connections), kDenied (credentials, TLS trust),
// kNotFound (no such database), kInvalid (a parameter libpq refuses), kCancelled.
Result<OpenConnection> OpenPgConnection(const Dsn& dsn, const std::string& application_name,
                                        std::chrono::milliseconds timeout, std::stop_token stop);

}  // namespace schemaop
