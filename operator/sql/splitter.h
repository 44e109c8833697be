// Cutting SQL text into statements by PostgreSQL's own lexical rules (scan.l and psqlscan.l;
// manual, chapter "Lexical Structure"): quotes, E'' escapes and continuation, U&'', dollar quotes,
// nested comments, parentheses (CREATE RULE), BEGIN ATOMIC bodies, COPY data. Every boundary is
// tested against a server.
#pragma once

#include <string_view>
#include <vector>

#include "base/error.h"
#include "sql/statement.h"

namespace schemaop {

// Splits `sql`, a part of file `file` that starts at `start`. Empty statements are dropped.
// pg_dump's \restrict and \unrestrict lines are skipped. kInvalid, as "file:line:column: ...", for
// what no server would take as written: an unterminated quote, comment, dollar quote or COPY block
// (reported where it starts), a psql meta-command. standard_conforming_strings is taken to be on.
Result<std::vector<Statement>> SplitStatements(std::string_view sql, std::string_view file,
                                               Position start = {});

}  // namespace schemaop
