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
#pragma once

#include <string>
#include <string_view>

#include "base/error.h"
#include "revision/revision.h"

namespace schemaop {

// Parses one file. CRLF and a BOM are accepted. kInvalid as "file:line:column: ..." for bad UTF-8,
// NUL, a missing or repeated or unknown header key, a bad id or label, text outside the sections,
// transaction control, a section whose mark contradicts its statements (both places named), and
// everything SplitStatements refuses.
Result<Revision> ParseRevisionFile(std::string_view file, std::string_view text);

// A new file's text for `revision` whose sections hold `upgrade.text` and `downgrade->text`; what
// ParseRevisionFile reads back as the same revision.
std::string RenderRevisionFile(const Revision& revision);

}  // namespace schemaop
