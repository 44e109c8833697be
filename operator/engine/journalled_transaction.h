// A statement of a section outside a transaction that may as well run in one.
#pragma once

#include <cstddef>
#include <memory>

#include "engine/journal_writer.h"
#include "engine/section_settings.h"
#include "engine/step_context.h"
#include "engine/target_database.h"

namespace schemaop {

// Runs statement `index` (from 0) of the section in one transaction with the row that says it is
// done, so that there is nothing to be in doubt about. It waits patiently for its locks (see
// TryPatiently). REQUIRES: CommitsWithItsRow(), a section that is not transactional.
StepDone RunWithItsRow(std::unique_ptr<TargetDatabase>& database, const StepContext& context,
                       const SectionSettings& settings, JournalWriter& writer, std::size_t index);

}  // namespace schemaop
