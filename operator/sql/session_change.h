// What statements change in their session, where each of them has one of its own: outside a
// transaction nothing that a statement leaves behind reaches the next, save what is set again
// before it.
#pragma once

#include <string>

#include "sql/statement.h"

namespace schemaop {

struct SessionChange {
  enum class Kind {
    kNone,     // nothing that a later statement could rely on
    kSetting,  // a setting of the server (SET lock_timeout, RESET work_mem): can be set again
    kLost,     // the role, the search path, the encoding, a temporary table: is lost
  };
  Kind kind = Kind::kNone;
  std::string what;     // of kLost: "SET search_path", "a temporary table"
  std::string instead;  // of kLost: what to do: "write the schema before the names"

  bool operator==(const SessionChange&) const = default;
};

// As far as the statement's own words tell; a function may change what it likes.
SessionChange SessionChangeOf(const Statement& statement);

}  // namespace schemaop
