// What is worth telling as an Event: changes, never states. Pure.
#pragma once

#include <string>
#include <vector>

#include "api/schema_version.h"
#include "policy/observation.h"
#include "revision/plan.h"

namespace schemaop {

// One Event's words (api/event.h adds the object and the time). Never SQL text, row values or
// secrets, so never the server's words about a statement: those stand in `.status.failure`.
struct EventNote {
  enum class Type { kNormal, kWarning } type = Type::kNormal;
  std::string reason;  // MigrationStarted, RevisionApplied, RevisionReverted, MigrationFailed ...
  std::string action;  // Migrate, Observe, Stamp or Verify
  std::string note;    // the API cuts it at 1024 bytes

  bool operator==(const EventNote&) const = default;
};

// The events that the change from one status to the next is worth; none when nothing changed for a
// reader.
std::vector<EventNote> EventsFor(const SchemaVersionStatus& before,
                                 const SchemaVersionStatus& after);

// A database was taken over: its version rows say `baseline` from now on.
EventNote BaselineNote(const Observation& observation, const Goal& baseline);

}  // namespace schemaop
