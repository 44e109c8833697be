// The one place that writes status: the whole of it, from what was seen, decided and done. Pure.
#pragma once

#include <string>
#include <vector>

#include "api/schema_version.h"
#include "policy/decide.h"
#include "policy/observation.h"
#include "revision/run_report.h"

namespace schemaop {

// The status to report for a decision that runs nothing.
SchemaVersionStatus NextStatus(const SchemaVersion& object, const Observation& observation,
                               const Decision& decision);

// The status while `advance` runs.
SchemaVersionStatus ProgressStatusOf(const SchemaVersion& object, const Observation& observation,
                                     const Advance& advance, const RunProgress& progress);

// The status after `advance` ran and ended as `report` says.
SchemaVersionStatus NextStatus(const SchemaVersion& object, const Observation& observation,
                               const Advance& advance, const RunReport& report);

// An event worth telling, on change only. Never SQL text, row values or secrets.
struct EventNote {
  enum class Type { kNormal, kWarning } type = Type::kNormal;
  std::string reason;  // MigrationStarted, RevisionApplied, RevisionReverted, MigrationFailed ...
  std::string action;  // Migrate, Observe ...
  std::string note;    // at most 1024 bytes

  bool operator==(const EventNote&) const = default;
};

// The events that the change from one status to the next is worth.
std::vector<EventNote> EventsFor(const SchemaVersionStatus& before,
                                 const SchemaVersionStatus& after);

}  // namespace schemaop
