// Folders of other migration tools, read as they are: a linear history in the order of the numbers
// in the files' names, whose ids are those numbers as written.
#pragma once

#include <vector>

#include "base/error.h"
#include "revision/revision.h"
#include "revision/source.h"

namespace schemaop {

enum class SourceLayout { kRevisionFiles, kGolangMigrate, kGoose, kDbmate, kFlyway };

// Whose files these are, told by their names and contents; kRevisionFiles when nothing says
// anything else. A file with a "-- revision:" header is ours whatever its name. kInvalid, naming
// two of them, when files of two tools lie together.
Result<SourceLayout> DetectSourceLayout(const std::vector<SourceFile>& files);

// The migrations of a folder of `layout`, each building on the one before. kInvalid, naming the
// files: two of one number, a downgrade without its upgrade, whatever reading one refuses.
// REQUIRES: layout is not kRevisionFiles.
Result<std::vector<Revision>> ReadForeignLayout(SourceLayout layout,
                                                const std::vector<SourceFile>& files);

}  // namespace schemaop
