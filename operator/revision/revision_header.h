// The header of a revision file: the comments above its first mark.
#pragma once

#include <cstddef>
#include <string_view>

#include "base/error.h"
#include "revision/revision.h"
#include "sql/statement.h"

namespace schemaop {

// Where the sections begin.
struct SectionsBegin {
  std::size_t offset = 0;  // of the first line that begins "-- migrate:"
  int line = 1;
};

// Reads message, ids, labels and time from the start of `text` into `revision` and says where the
// header ends. `text` has LF line ends and no BOM. kInvalid as "file:line:column: ...".
Result<SectionsBegin> ParseRevisionHeader(std::string_view file, std::string_view text,
                                          Revision& revision);

// The header that ParseRevisionHeader reads back, ending in a blank line.
std::string RenderRevisionHeader(const Revision& revision);

// The error "file:line:column: message".
tl::unexpected<Error> FailAt(std::string_view file, Position at, std::string_view message);

}  // namespace schemaop
