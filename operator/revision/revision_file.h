// The revision file format: a SQL file with a comment header and two marked sections.
//
//   -- Seed the reference data.            the message
//   --
//   -- revision: 004
//   -- down_revision: 003                  one id, a comma-separated list (merge), or none
//   -- branch_labels: reference            optional
//   -- depends_on:                         optional
//   -- created: 2026-11-22T10:00:00Z       optional
//
//   -- migrate:up [transaction:false]
//   -- migrate:down [transaction:false]    absent: irreversible
//
// The header is everything above the first mark: "--" comments and blank lines. Its first comment
// is always the message; a later one that reads "word: value" is a key, any other is a remark.
// Below a mark "--" comments are SQL comments like any other; a mark counts only where PostgreSQL
// would read a comment, so a quoted one does not.
//
// Whether a section runs in a transaction is found out from its statements:
//
//   statements                    no mark           transaction:true   transaction:false
//   all allowed in a transaction  in one            in one             each on its own
//   all refused in one            each on its own   error              each on its own
//   some of both                  error             error              each on its own
//
// Statements that begin or end a transaction are an error everywhere, as is switching
// standard_conforming_strings off, which would change where the statements after it end.
//
// Statements that run each on its own find a clean session, in which the settings hold that SET
// gave before them in their section (lock_timeout, maintenance_work_mem ...). What else a
// statement could leave behind there is an error: a role, a search path, a temporary table.
#pragma once

#include <string>
#include <string_view>

#include "base/error.h"
#include "revision/revision.h"

namespace schemaop {

// Parses one file. CRLF and a BOM are accepted. kInvalid as "file:line:column: ..." for bad UTF-8,
// NUL, a missing or repeated or unknown header key, a bad id or label, text outside the sections,
// transaction control, a section whose mark contradicts its statements (both places named), and
// everything SplitStatements refuses. Section texts are as written without the blank lines around
// them.
Result<Revision> ParseRevisionFile(std::string_view file, std::string_view text);

// A new file's text for `revision` whose sections hold `upgrade.text` and `downgrade->text`; what
// ParseRevisionFile reads back as the same revision (file, checksum and positions aside). A message
// is one line: line breaks in it become spaces.
std::string RenderRevisionFile(const Revision& revision);

}  // namespace schemaop
