// From the difference of two catalogs to the statements that turn one into the other.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/error.h"
#include "catalog/catalog.h"
#include "catalog/change.h"

namespace schemaop {

// That an object of the first catalog is the one of the second that has another name: `from` and
// `to` are of one kind and, for parts, of one container. Told by a person, never guessed.
struct Rename {
  ObjectId from;
  ObjectId to;

  bool operator==(const Rename&) const = default;
};

struct DiffOptions {
  // Index builds and drops that do not block writes: CREATE INDEX CONCURRENTLY, outside a
  // transaction, for tables that exist before.
  bool concurrent_indexes = false;
  // Checks and foreign keys of tables that exist before: NOT VALID, then VALIDATE; NOT NULL by a
  // validated check.
  bool validate_later = false;
  // Columns that stand in another order are moved by rewriting them (ADD, UPDATE, DROP), data kept;
  // otherwise order is left as it is.
  bool rewrite_column_order = false;
};

// How a statement gets on with others in one transaction.
enum class Transaction {
  kInside,       // as any other
  kOutside,      // the server refuses it inside a transaction
  kCommitAfter,  // what it adds may be used only after a commit (ALTER TYPE ... ADD VALUE)
};

// Its part in DiffOptions::validate_later, in the order of the parts.
enum class Validation {
  kNone,       // it has none
  kAdds,       // ADD CONSTRAINT ... NOT VALID
  kValidates,  // VALIDATE CONSTRAINT: reads every row, and should do so after the commit of that
  kRelies,     // what is quick once the constraint is valid: SET NOT NULL, and the end of its check
};

struct DdlStatement {
  std::string sql;  // without a semicolon
  ObjectId object;  // whom it concerns
  Transaction transaction = Transaction::kInside;
  std::optional<std::string> destroys;  // "drops table app.t", when data is lost
  std::string note;                     // what a person must look at; "" for nothing
  Validation validation = Validation::kNone;

  bool operator==(const DdlStatement&) const = default;
};

// A difference that no statement removes, or none that is safe.
struct Refusal {
  ObjectId object;
  std::string reason;  // a lower-case fragment: what PostgreSQL cannot do, and what to do

  bool operator==(const Refusal&) const = default;
};

struct SchemaDiff {
  std::vector<ObjectChange> changes;     // all differences, the refused too
  std::vector<DdlStatement> statements;  // in an order in which they can run
  std::vector<Refusal> refusals;
  std::vector<Rename> rename_candidates;  // what looks like a rename, and is not treated as one
  std::vector<std::string> warnings;      // such as another order of columns

  bool empty() const { return changes.empty(); }
};

// Both catalogs were read from servers of one major version and narrowed by one scope.
SchemaDiff Diff(const Catalog& from, const Catalog& to, const DiffOptions& options = {});

// `text` as a line of comment, ended. Line breaks in it, which names may hold, become spaces:
// behind any of them, a lone CR too, psql and the server would read on (scan.l, psqlscan.l:
// newline).
std::string SqlComment(std::string text);

// The statements as one script: each ends with a semicolon and stands apart, notes are comments
// before it. For `schema dump`, Diff() from the catalog of a new database.
std::string RenderScript(const std::vector<DdlStatement>& statements);

}  // namespace schemaop
