// What commands say of the difference between two schemas.
#pragma once

#include <string>

#include "catalog/diff.h"

namespace schemaop {

// A line for each change, ended.
std::string ChangeLines(const std::vector<ObjectChange>& changes);

// The statements of `diff` as a script, what PostgreSQL cannot do in place as comments before them.
std::string DifferenceScript(const SchemaDiff& diff);

// "column app.t.a -> b may be a rename; if it is one, write this line into migrations/schema.sql:
// -- renamed: column app.t.a -> b".
std::string RenameOffer(const Rename& rename, const std::string& schema_file);

}  // namespace schemaop
