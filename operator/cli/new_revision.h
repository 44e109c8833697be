// Writing a new revision file: `revision` and `merge`.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "cli/command.h"
#include "cli/workspace.h"

namespace schemaop {

struct NewRevision {
  std::string message;  // line breaks become spaces
  std::vector<RevisionId> parents;
  bool splice = false;  // parents may have children already
  std::optional<std::string> id;
  std::optional<std::string> branch_label;
  std::vector<std::string> depends_on;  // revisions, unique starts of them, or labels, as typed
  std::optional<std::string>
      version_path;  // a folder below the project's versions, from the working folder
};

// Writes the file and prints its path as Alembic does. The project is loaded with the new file
// before anything is written: a file that would make the next command fail never comes to be.
// kUsage for whatever cannot be.
Outcome<void> WriteNewRevision(CommandContext& context, const Workspace& workspace,
                               const NewRevision& wanted);

}  // namespace schemaop
