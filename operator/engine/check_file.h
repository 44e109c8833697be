// The file of checks, `checks.yaml`:
//
//   sample:                        rows for the checks, always rolled back; may be left out
//     - INSERT INTO projects ...
//   checks:                        each has a name and is of one kind
//     - {name: All tables created, tables: [projects, app.events]}
//     - {name: Indexes created, indexes: [ix_projects_customer]}
//     - {name: Constraints enforced, rejects: "INSERT INTO ...", sqlstate: "23514"}
//     - {name: Seed data loaded, query: "SELECT count(*) FROM prices", atLeast: 1}
//     - {name: PK lookup, query: "SELECT ...", fasterThan: 1ms, usesIndex: pk_projects}
#pragma once

#include <string_view>

#include "base/error.h"
#include "revision/check.h"

namespace schemaop {

// What the file is called in a project's folder and in a source of the operator.
inline constexpr std::string_view kChecksFile = "checks.yaml";

// Parses `text`, the content of `file`. kInvalid as "file:line:column: ..." for bad YAML, unknown
// or repeated keys, values of the wrong type, a check of no kind or of two, names that stand twice,
// and SQL that cannot run in a transaction or is not one statement (a sample may be several).
Result<CheckList> ParseChecks(std::string_view file, std::string_view text);

}  // namespace schemaop
