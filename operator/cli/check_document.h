// The result of `verify` for machines and wide terminals.
#pragma once

#include <string>

#include "cli/document.h"
#include "revision/check.h"

namespace schemaop {

// json and yaml: {"holds", "checks": [{"name", "holds", "note", "expected", "seen"}],
// "not_rolled_back": [{"sequence", "from", "to"}]}; tables: a line a check. REQUIRES: not kText.
std::string CheckDocument(OutputFormat format, const CheckReport& report);

}  // namespace schemaop
