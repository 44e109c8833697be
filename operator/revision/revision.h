// A revision: one step of the schema's history, as its file declares it.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "sql/statement.h"

namespace schemaop {

// A revision's identifier as it stands in the version table. Never empty, at most 32 characters,
// without '@', '-', '+', ':', ',', white space and kActiveCharacters (graph_check.h).
using RevisionId = std::string;

// The rows of the version table in the order the server returned them: the applied revisions that
// no other applied one builds on. Empty means base. The order matters only where Alembic lets it
// matter.
using Heads = std::vector<RevisionId>;

enum class Direction { kUpgrade, kDowngrade };

// One direction's SQL.
struct Section {
  std::string text;  // as written, between its mark and the next
  std::vector<Statement> statements;
  bool transactional = true;  // false: each statement runs on its own, outside a transaction
  std::string file;  // where it is written when that is not Revision::file; empty when it is

  bool operator==(const Section&) const = default;
};

struct Revision {
  RevisionId id;
  std::vector<RevisionId> down_revisions;  // none: a base; several: a merge
  std::vector<std::string> depends_on;     // ids or branch labels, as written
  std::vector<std::string> branch_labels;
  std::string message;
  std::string created;  // RFC 3339 as written; may be empty
  std::string file;     // as named by the source, for messages
  std::string
      checksum;  // SHA-256 of the file's text after BOM and CRLF are normalised, hexadecimal
  Section upgrade;
  std::optional<Section> downgrade;  // nullopt: irreversible
  bool from_ledger =
      false;  // no file declares it: its text is what the ledger kept (lost_revisions.h)

  bool operator==(const Revision&) const = default;
};

}  // namespace schemaop
