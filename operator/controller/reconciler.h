// Reconciling one SchemaVersion: observe, decide, act, report.
#pragma once

#include <filesystem>
#include <optional>
#include <stop_token>
#include <string>

#include "api/schema_version.h"
#include "base/logger.h"
#include "controller/effects.h"
#include "controller/event_poster.h"
#include "controller/kept_schema_version.h"
#include "controller/observer.h"
#include "controller/status_report.h"
#include "controller/visits.h"
#include "engine/database_options.h"
#include "policy/decide.h"
#include "policy/observation.h"
#include "runtime/controller_loop.h"
#include "runtime/metrics.h"
#include "runtime/store.h"
#include "runtime/turns.h"

namespace schemaop {

// What does not change while the program runs.
struct ReconcilerOptions {
  std::filesystem::path migrations_root;  // empty: spec.migrations.path is refused
  std::string identity;                   // pod name or host name, for the ledger and events
  std::string version;                    // of this program, for the ledger
  // Who is at which database now: one object at a time at one database, and at one server as many
  // as `most_per_server` allows. Null: everybody may. Outlives the reconciler.
  Turns* turns = nullptr;
  std::optional<int> most_per_server;  // absent: as many as there are workers
  LoginRights login_rights = LoginRights::kOwner;
};

// Thread-safe; never called for one key twice at once. What it is given outlives it.
class SchemaVersionReconciler {
 public:
  SchemaVersionReconciler(ReconcilerOptions options, Effects& effects,
                          const Store<KeptSchemaVersion>& store, Metrics& metrics, Logger logger);

  // Brings one object's database a visit closer to its spec and says in status what is so. Ends
  // soon after `stop`: a running statement is cancelled and rolled back, and status says that it
  // was.
  ReconcileResult Reconcile(const ObjectKey& key, const std::stop_token& stop);

 private:
  std::optional<ReconcileResult> AwaitTurn(std::optional<Turns::Visit>& visit,
                                           const SchemaVersion& object,
                                           const ObservedObject& sighting,
                                           const std::stop_token& stop);
  ReconcileResult Report(const SchemaVersion& object, const ObservedObject& sighting,
                         const Decision& decision, const std::stop_token& stop);
  ReconcileResult Migrate(const SchemaVersion& cached, const ObservedObject& sighting,
                          const std::stop_token& stop);
  // The object as the server has it now. kConflict when its spec is not the one of `known`.
  Result<SchemaVersion> ReadUnchanged(const SchemaVersion& known, const std::stop_token& stop);
  void NoteSnapshot(const ObjectKey& key, const RunReport& ended) const;
  // Tries `plan` out in a scratch database, as policy wants before it runs.
  ReconcileResult Rehearse(const SchemaVersion& object, const ObservedObject& sighting,
                           const Plan& plan, const std::stop_token& stop);
  // Stamps the database as spec.baseline says.
  ReconcileResult TakeOver(const SchemaVersion& object, const ObservedObject& sighting,
                           const Adopt& adopt, const std::stop_token& stop);
  ReconcileResult Run(const SchemaVersion& object, const ObservedObject& sighting,
                      const Advance& advance, const std::stop_token& stop);
  // Runs the checks when they are due, and reports what they came to.
  ReconcileResult Verify(const SchemaVersion& object, const ObservedObject& sighting,
                         StatusReport& report, const std::stop_token& stop);
  ReconcileResult After(const SchemaVersion& object, const ObservedObject& sighting,
                        const SchemaVersionStatus& written);
  RequeueAfter NextVisitOf(const SchemaVersion& object, const SchemaVersionStatus& status);
  ReconcileResult NotWritten(const ObjectKey& key, const Error& error) const;
  // The same for what was announced, when kConflict says that the spec is not what was decided on.
  ReconcileResult NotBegun(const ObjectKey& key, const Error& error) const;
  ReportChannels Channels() const;

  ReconcilerOptions options_;
  Effects& effects_;
  const Store<KeptSchemaVersion>& store_;
  Metrics& metrics_;
  Logger logger_;
  EventPoster events_;
  Visits visits_;
  Observer observer_;
};

}  // namespace schemaop
