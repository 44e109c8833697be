// What comparing a database with the schema it should have came to.
#pragma once

#include <cstddef>
#include <string>
#include <vector>

namespace schemaop {

struct DriftFinding {
  enum class Kind {
    kNone,        // as the last migration left it
    kDrifted,     // something was changed since
    kNoSnapshot,  // nothing to compare with; `why` says what to do
  };
  Kind kind = Kind::kNone;
  std::vector<std::string> changes;  // kDrifted: "index app.i removed", see ListChanges
  std::size_t left_out = 0;          // how many more there are than `changes` names
  std::string sql;                   // kDrifted: the statements that take the changes back
  std::string why;                   // kNoSnapshot
  std::string looked_at;             // what tells this state of the database from any other

  bool operator==(const DriftFinding&) const = default;
};

}  // namespace schemaop
