// libpqxx on a connection that libpq opened: the one place of the project that speaks libpqxx.
#pragma once

#include <memory>
#include <stop_token>
#include <string>
#include <string_view>
#include <vector>

#include "postgres/rows.h"
#include "postgres/sql_error.h"

struct pg_conn;  // libpq's PGconn

namespace schemaop {

// Typed queries for our own tables and the catalog. Owns the PGconn and closes it; never opens
// another one, so an advisory lock cannot be lost to a silent reconnect. One thread at a time.
class TypedConnection {
 public:
  // Takes over `connection`, which is established and idle. kInternal when libpqxx refuses it.
  static Result<std::unique_ptr<TypedConnection>> Adopt(pg_conn* connection);
  ~TypedConnection();
  TypedConnection(const TypedConnection&) = delete;
  TypedConnection& operator=(const TypedConnection&) = delete;

  // Runs one statement with text parameters $1.. and fetches all its rows, inside whatever
  // transaction is open. A stop request breaks the connection (these statements are short; only a
  // dead peer makes one wait): kCancelled then.
  SqlResult<Rows> Query(std::string_view sql, const std::vector<std::string>& parameters,
                        std::stop_token stop);

 private:
  struct Impl;
  explicit TypedConnection(std::unique_ptr<Impl> impl);
  std::unique_ptr<Impl> impl_;
};

}  // namespace schemaop
