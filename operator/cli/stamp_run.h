// Changing version rows without running revisions: `stamp` and `ensure-version`.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "cli/command.h"
#include "cli/document.h"

namespace schemaop {

// Says in the database that it is at `targets`; with `purge` forgetting first what it says now. No
// targets and no purge creates the version table alone.
struct StampRequest {
  std::vector<std::string> targets;
  bool purge = false;
  bool sql = false;                // --sql: write a script and touch no database
  std::optional<std::string> tag;  // --tag: shown in the script
  OutputFormat format = OutputFormat::kText;
};

// With --sql prints the script that does.
Outcome<void> RunStamp(CommandContext& context, const StampRequest& request);

}  // namespace schemaop
