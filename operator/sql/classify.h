// What a statement is, found out from its leading keywords alone, so that SQL newer than any parser
// works too.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "sql/statement.h"

namespace schemaop {

// How a statement gets on with a transaction block (PostgreSQL 12 to 17).
enum class TransactionRule {
  kAllowed,    // runs inside one
  kForbidden,  // the server refuses it inside one (SQLSTATE 25001): CREATE INDEX CONCURRENTLY,
               // VACUUM ...
  kControl,    // would begin or end one: BEGIN, COMMIT, ROLLBACK, SAVEPOINT ..., never allowed in a
               // revision
};

struct StatementTraits {
  std::string tag;  // leading keywords, upper case: "CREATE INDEX CONCURRENTLY", "INSERT"
  TransactionRule transaction = TransactionRule::kAllowed;
  // Why a person should agree first: "drops table payments", "truncates a, b"; nullopt when nothing
  // is lost.
  std::optional<std::string> destroys;
};

StatementTraits Classify(const Statement& statement);

// Whether the statement is SET [SESSION | LOCAL] standard_conforming_strings to anything but on,
// after which '...' would read backslashes and statements would end elsewhere than the splitter
// says.
bool SwitchesOffStandardStrings(const Statement& statement);

}  // namespace schemaop
