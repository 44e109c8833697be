// A section from SQL that another tool rendered, with that tool's own transaction around it.
#pragma once

#include <string_view>

#include "base/error.h"
#include "revision/revision.h"

namespace schemaop {

// The section that does what `sql` does when it runs from inside a transaction: BEGIN and COMMIT
// are taken out; where a statement stands behind a COMMIT (Alembic's autocommit_block), or the
// server refuses it in a transaction, the section runs outside one. Comments between statements are
// lost. kInvalid as "file:line:column: ..." for what no revision file may hold.
Result<Section> ParseRenderedSection(std::string_view file, std::string_view sql);

}  // namespace schemaop
