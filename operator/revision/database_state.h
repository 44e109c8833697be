// What a database says about itself, as a value.
#pragma once

#include <cstdint>
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

// The newest ledger fact about a revision that was applied.
struct LedgerEntry {
  std::int64_t sequence = 0;  // the row's number: rows are numbered from 1, and later ones higher
  RevisionId revision;
  Direction direction = Direction::kUpgrade;
  std::string checksum;  // of the revision file's text, see Revision::checksum; of the text that a
                         // person accepted since, if one did
  std::string finished_at;  // RFC 3339
  std::string duration;     // "1.2s"

  bool operator==(const LedgerEntry&) const = default;
};

// What the ledger keeps of a revision that is applied: enough to take it back without its file.
struct StoredRevision {
  RevisionId id;
  std::vector<RevisionId> down_revisions;
  std::vector<RevisionId> depends_on;  // ids, labels resolved
  std::string message;
  std::string checksum;
  std::string up_sql;
  std::optional<std::string> down_sql;     // nullopt: irreversible
  std::optional<bool> down_transactional;  // nullopt: unknown, or irreversible

  bool operator==(const StoredRevision&) const = default;
};

struct DatabaseState {
  Heads heads;
  bool has_version_table = false;
  bool has_ledger = false;  // of whatever version tables
  // Whether the migrated schema has tables that the role owns, besides the version table.
  bool has_user_tables = false;
  std::vector<LedgerEntry>
      ledger;  // last entry of each revision, oldest first; empty without a ledger
  std::vector<StoredRevision> stored;  // what the ledger keeps of applied revisions that the files
                                       // do not declare; see lost_revisions.h
  // Revisions of which the ledger keeps single statements that came after their last applied or
  // stamped row: they were begun outside a transaction and have not ended.
  std::vector<RevisionId> begun;
  std::int64_t last_word = 0;  // sequence of the newest ledger row by which a person said what is
                               // true (stamped, accepted, resolved); 0: none
  int server_version = 0;      // as PQserverVersion: 150004
  std::string login;           // the role that logged in
  // What it may do beyond what a migration needs, see LoginRights: "SUPERUSER", "CREATEROLE",
  // "pg_read_server_files". Empty, too, when nobody asked.
  std::vector<std::string> excess_rights;

  bool operator==(const DatabaseState&) const = default;
};

}  // namespace schemaop
