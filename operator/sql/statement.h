// A statement of submitted SQL and where it stands in its file.
#pragma once

#include <optional>
#include <string>

namespace schemaop {

// Where something starts in a file. Lines and columns count from 1; columns count characters, a tab
// is one.
struct Position {
  int line = 1;
  int column = 1;

  bool operator==(const Position&) const = default;
};

// One SQL statement as PostgreSQL would take it in one message: without its semicolon, leading
// comments and white space removed, inner text untouched.
struct Statement {
  std::string text;
  Position position;  // of the first character of `text`
  // The rows after COPY ... FROM STDIN, without the closing "\." line; nullopt for any other
  // statement.
  std::optional<std::string> copy_data;

  bool operator==(const Statement&) const = default;
};

}  // namespace schemaop
