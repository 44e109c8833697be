// Renames, told by comments in the desired schema: what a difference alone does not show.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/error.h"
#include "catalog/diff.h"

namespace schemaop {

// The renames that the lines "-- renamed: column app.t.a -> b" of `text`, the file `file`, tell of,
// as far as `from` still has the old name and `to` the new one: a hint may stay when its revision
// is written. A line that cannot be understood is kInvalid, as "file:line: ...".
Result<std::vector<Rename>> ReadRenameHints(std::string_view file, std::string_view text,
                                            const Catalog& from, const Catalog& to);

// The line that tells of `rename`.
std::string RenameHint(const Rename& rename);

}  // namespace schemaop
