// What a database says about itself, as a value.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "revision/revision.h"

namespace schemaop {

// Who holds the migration lock.
struct LockHolder {
  int pid = 0;
  std::string application;  // application_name
  std::string since;        // RFC 3339; empty when unknown

  bool operator==(const LockHolder&) const = default;
};

// The newest ledger fact about an applied revision.
struct LedgerEntry {
  RevisionId revision;
  Direction direction = Direction::kUpgrade;
  std::string checksum;     // of the revision file's text, see Revision::checksum
  std::string finished_at;  // RFC 3339
  std::string duration;     // "1.2s"

  bool operator==(const LedgerEntry&) const = default;
};

struct DatabaseState {
  Heads heads;
  bool has_version_table = false;
  bool has_user_tables = false;  // besides the version table, in the migrated schema
  std::vector<LedgerEntry>
      ledger;              // last entry of each revision, oldest first; empty without a ledger
  int server_version = 0;  // as PQserverVersion: 150004

  bool operator==(const DatabaseState&) const = default;
};

}  // namespace schemaop
