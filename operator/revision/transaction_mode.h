// Whether a section's statements run in one transaction: the table in revision_file.h.
#pragma once

#include <string_view>
#include <vector>

#include "base/error.h"
#include "sql/statement.h"

namespace schemaop {

// What a section's mark says about it, and where.
struct TransactionMark {
  enum class Kind { kNone, kTrue, kFalse };
  Kind kind = Kind::kNone;
  Position position;  // of the mark
  // Where sections have no mark to add transaction:false to: what to do instead about a statement
  // that cannot run in a transaction beside others that can, such as "move it to a file of its
  // own".
  std::string_view when_mixed = {};
};

// True when the section runs in one transaction, false when each statement runs on its own.
// kInvalid as "file:line:column: ...", the place being the statement's, when a statement would
// begin or end a transaction, when it switches standard_conforming_strings off, when it changes
// what of a session is lost between statements that run on their own (SessionChange), or when
// statements and mark contradict each other.
Result<bool> FindTransactionMode(std::string_view file, const std::vector<Statement>& statements,
                                 const TransactionMark& mark);

}  // namespace schemaop
