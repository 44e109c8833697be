// Reconciling one SchemaVersion: observe, decide, act, report.
#pragma once

#include <filesystem>
#include <optional>
#include <stop_token>
#include <string>

#include "api/schema_version.h"
#include "base/logger.h"
#include "controller/event_poster.h"
#include "controller/status_report.h"
#include "controller/visits.h"
#include "engine/database_options.h"
#include "kube/client.h"
#include "policy/decide.h"
#include "policy/observation.h"
#include "runtime/controller_loop.h"
#include "runtime/metrics.h"
#include "runtime/store.h"

namespace schemaop {

// What does not change while the program runs.
struct ReconcilerOptions {
  std::filesystem::path migrations_root;  // empty: spec.migrations.path is refused
  std::string identity;                   // pod name or host name, for the ledger and events
  std::string version;                    // of this program, for the ledger
};

// Thread-safe; never called for one key twice at once. What it is given outlives it.
class SchemaVersionReconciler {
 public:
  SchemaVersionReconciler(ReconcilerOptions options, KubeClient& client,
                          const Store<SchemaVersion>& store, Metrics& metrics, Logger logger);

  // Brings one object's database a visit closer to its spec and says in status what is so. Ends
  // soon after `stop`: a running statement is cancelled and rolled back, and status says that it
  // was.
  ReconcileResult Reconcile(const ObjectKey& key, const std::stop_token& stop);

 private:
  // One look at the world, and how to act on it when the database is known.
  struct Sighting {
    Observation observation;
    std::optional<DatabaseOptions> options;
  };

  Sighting ObserveInputs(const SchemaVersion& object, const std::stop_token& stop);
  ReconcileResult Report(const SchemaVersion& object, const Sighting& sighting,
                         const Decision& decision, const std::stop_token& stop);
  ReconcileResult Migrate(const SchemaVersion& cached, const Sighting& sighting,
                          const std::stop_token& stop);
  ReconcileResult Run(const SchemaVersion& object, const Sighting& sighting, const Advance& advance,
                      const std::stop_token& stop);
  ReconcileResult After(const SchemaVersion& object, const Sighting& sighting,
                        const SchemaVersionStatus& written);
  ReconcileResult NotWritten(const ObjectKey& key, const Error& error) const;
  ReportChannels Channels() const;

  ReconcilerOptions options_;
  KubeClient& client_;
  const Store<SchemaVersion>& store_;
  Metrics& metrics_;
  Logger logger_;
  EventPoster events_;
  Visits visits_;
};

}  // namespace schemaop
