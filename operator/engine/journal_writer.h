// Writing what the journal of a section outside a transaction says.
#pragma once

#include <cstddef>
#include <memory>
#include <stop_token>
#include <string>

#include "base/error.h"
#include "engine/step_context.h"
#include "engine/target_database.h"
#include "postgres/ledger.h"

namespace schemaop {

// Writes rows about the statements of one section. `index` counts them from 0; `note` is the row's
// message. What it is made of must outlive it.
class JournalWriter {
 public:
  JournalWriter(std::unique_ptr<TargetDatabase>& database, const StepContext& context)
      : database_(database), context_(context) {}

  // In the open transaction. REQUIRES: CreateMissing() was called.
  Result<void> Append(std::size_t index, LedgerKind kind, const std::string& note,
                      const std::stop_token& stop);

  // In a transaction of its own. What is known of a statement's outcome is written although we may
  // be told to stop, and again for a minute while somebody else holds the ledger: without it the
  // statement would be in doubt.
  StepDone Write(std::size_t index, LedgerKind kind, const std::string& note = "");

 private:
  StepDone WriteOnce(std::size_t index, LedgerKind kind, const std::string& note,
                     const std::stop_token& stop);

  std::unique_ptr<TargetDatabase>& database_;
  const StepContext& context_;
};

}  // namespace schemaop
