// The schema as it should be, kept beside the ledger: one row for each version table.
#pragma once

#include <optional>
#include <stop_token>
#include <string>

#include "base/error.h"
#include "postgres/session.h"
#include "revision/revision.h"

namespace schemaop {

// All of a row but the schema itself.
struct SnapshotRow {
  Heads heads;              // of the version table when it was taken, sorted
  std::string change_hash;  // ReadChangeHash then; empty when the schema was not as it should be
  std::string fingerprint;  // Fingerprint of the schema as it should be
  std::string actor;
  std::string taken_at;  // RFC 3339; given by Write

  bool operator==(const SnapshotRow&) const = default;
};

// Every call runs in the session's current transaction, or on its own when none is open.
class SnapshotTable {
 public:
  // `version_table` is its label, "schema.name". `session` must outlive the object.
  SnapshotTable(Session& session, const std::string& schema, std::string version_table);

  Result<bool> Exists(const std::stop_token& stop) const;
  // nullopt: there is no row, or no table.
  Result<std::optional<SnapshotRow>> Read(const std::stop_token& stop) const;
  // The schema of the row, as WriteSnapshot wrote it. REQUIRES: Read() found it.
  Result<std::string> ReadCatalogText(const std::stop_token& stop) const;

  // Makes the table where it is missing. REQUIRES: the ledger's schema is there.
  Result<void> Create(const std::stop_token& stop);
  // Replaces the row. The server compresses the text where it stores it (TOAST). REQUIRES:
  // Create().
  Result<void> Write(const SnapshotRow& row, const std::string& catalog,
                     const std::stop_token& stop);

 private:
  Session* session_;
  std::string schema_;
  std::string table_;  // qualified and quoted
  std::string version_table_;
};

}  // namespace schemaop
