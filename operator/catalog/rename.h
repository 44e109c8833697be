// Renames that a person told of: a difference alone does not show them.
#pragma once

#include <string>
#include <string_view>

#include "base/error.h"
#include "catalog/diff.h"

namespace schemaop {

// What "column app.t.old -> new", "table app.old -> new", "constraint app.t.old -> new" or, for
// columns, "t.old=new" mean; a table without its schema is the one of `from`'s schema public. Names
// as SQL writes them. kInvalid, with the form to use, for what is none of it; `from` need not have
// the object.
Result<Rename> ReadRename(std::string_view text, const Catalog& from);

// As ReadRename reads it: "column app.t.old -> new".
std::string WriteRename(const Rename& rename);

// The rename that undoes `rename`.
Rename Back(const Rename& rename);

// The statement, without a semicolon. kInvalid for objects that PostgreSQL cannot rename in place.
Result<std::string> RenameSql(const Rename& rename);

}  // namespace schemaop
