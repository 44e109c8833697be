// Writing a new revision file: `revision` and `merge`.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "cli/command.h"
#include "cli/document.h"
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
  OutputFormat format = OutputFormat::kText;  // how the result is told
  Section upgrade;                            // their texts and whether they run in a transaction;
  std::optional<Section> downgrade = Section();  // the statements are read from the text
};

// Writes the file and prints its path as Alembic does, or with -o the revision as listings do. The
// project is loaded with the new file before anything is written: a file that would make the next
// command fail never comes to be. kUsage for whatever cannot be.
Outcome<void> WriteNewRevision(CommandContext& context, const Workspace& workspace,
                               const NewRevision& wanted);

// The same for several, each but the first on the one before it, whatever its parents say. The
// format of the first counts. Nothing is written unless all can be.
Outcome<void> WriteNewRevisions(CommandContext& context, const Workspace& workspace,
                                const std::vector<NewRevision>& wanted);

}  // namespace schemaop
