// Where a database is and how to get in: libpq parameters from URLs, Secrets and the environment.
#pragma once

#include <map>
#include <string>
#include <string_view>

#include "base/error.h"

namespace schemaop {

// libpq connection parameters by keyword; values may hold any character. TLS material given as text
// (Secret entries ca.crt, tls.crt, tls.key) is kept beside them until connect time.
struct Dsn {
  std::map<std::string, std::string> parameters;  // host, port, dbname, user, password, sslmode ...
  std::string ca_certificate;                     // PEM; empty: none
  std::string client_certificate;                 // PEM
  std::string client_key;                         // PEM

  bool operator==(const Dsn&) const = default;
};

// "dbname@host:port": safe to show.
std::string DsnLabel(const Dsn& dsn);

// postgres://, postgresql:// and SQLAlchemy's postgresql+driver://. kInvalid says what is wrong
// without echoing any part of the URL that can be secret.
Result<Dsn> ParseDatabaseUrl(std::string_view url);

// A Secret's data in the layouts people have: one URL under `key` (when given), or `uri`, `url`,
// `DATABASE_URL`; or separate keys as CloudNativePG and Crunchy write them (Zalando's lack host and
// dbname). sslmode defaults to verify-full. kNotFound when the key or every known layout is
// missing, kInvalid for malformed values; never echoes values.
Result<Dsn> DsnFromSecret(const std::map<std::string, std::string>& data, std::string_view key);

// What libpq finds by itself (PGHOST, PGDATABASE, PGSERVICE ..., its defaults): host, port, dbname
// and user are filled in so that the label is true; passwords (PGPASSWORD, .pgpass) and TLS
// settings stay with libpq. Reads the environment.
Dsn DsnFromEnvironment();

}  // namespace schemaop
