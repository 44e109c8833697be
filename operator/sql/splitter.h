// Cutting SQL text into statements by PostgreSQL's own lexical rules (scan.l and psqlscan.l;
// manual, chapter "Lexical Structure"): quotes, E'' escapes and continuation, U&'', dollar quotes,
// nested comments, parentheses (CREATE RULE), BEGIN ATOMIC bodies, COPY data. Every boundary is
// tested against a server.
#pragma once

#include <cstddef>
#include <functional>
#include <string_view>
#include <vector>

#include "base/error.h"
#include "sql/statement.h"

namespace schemaop {

// Splits `sql`, a part of file `file` that starts at `start`. Empty statements are dropped.
// pg_dump's \restrict and \unrestrict lines are skipped. kInvalid, as "file:line:column: ...", for
// what no server would take as written: an unterminated quote, comment, dollar quote, parenthesis,
// BEGIN ATOMIC body or COPY block (reported where it starts), a psql meta-command, a NUL.
// standard_conforming_strings is taken to be on.
Result<std::vector<Statement>> SplitStatements(std::string_view sql, std::string_view file,
                                               Position start = {});

// Whether a "--" comment, given from its dashes up to the end of its line, ends the part that is
// being split.
using EndMark = std::function<bool(std::string_view comment)>;

// The statements before a mark.
struct StatementsUpToMark {
  std::vector<Statement> statements;
  std::size_t mark =
      0;  // byte offset of the comment that ended the part; the text's size when none did
  Position mark_position;  // of the same place

  bool operator==(const StatementsUpToMark&) const = default;
};

// Splits like SplitStatements, up to the first "--" comment that begins its line, stands outside
// quotes, comments and COPY data, and for which `is_mark` says yes. The mark also ends a statement
// that lacks its semicolon.
Result<StatementsUpToMark> SplitStatementsUpTo(const EndMark& is_mark, std::string_view sql,
                                               std::string_view file, Position start = {});

}  // namespace schemaop
