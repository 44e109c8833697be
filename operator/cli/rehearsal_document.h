// The result of `rehearse` for machines and wide terminals.
#pragma once

#include <string>

#include "cli/document.h"
#include "revision/rehearsal.h"

namespace schemaop {

// json and yaml: {"holds", "revisions": [{"revision", "reversed", "cuts", "findings"}], "findings":
// [{"revision", "problem", "objects", "statements"}], "left_out"}; tables: a line a revision, with
// the number of its findings. REQUIRES: not kText.
std::string RehearsalDocument(OutputFormat format, const RehearsalReport& report);

}  // namespace schemaop
