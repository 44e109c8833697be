// The desired schema as SQL, run in a database that is there for it.
#pragma once

#include <stop_token>
#include <string>
#include <string_view>

#include "base/error.h"
#include "engine/database_options.h"

namespace schemaop {

// Runs the statements of `text`, named `file`, one by one in `options`' database, each on its own.
// Function bodies are taken as they are, as pg_restore does: they may name what comes later.
// kInvalid or kRejected as "file:line:column: ..." for what cannot be read and what the server
// refuses. REQUIRES: a database of our own (see ScratchDatabase); what a script does is not held in
// check.
Result<void> RunSchemaScript(const DatabaseOptions& options, std::string_view file,
                             std::string_view text, const std::stop_token& stop);

}  // namespace schemaop
