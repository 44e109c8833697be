// The operator as one object: configuration in, threads until told to stop.
#pragma once

#include <filesystem>
#include <optional>
#include <stop_token>
#include <string>
#include <string_view>
#include <vector>

#include "base/error.h"
#include "base/logger.h"
#include "controller/kept_schema_version.h"
#include "controller/reference_watch.h"
#include "controller/shard.h"
#include "engine/database_options.h"
#include "kube/config.h"
#include "runtime/leader_election.h"
#include "runtime/reflector.h"
#include "runtime/work_queue.h"

namespace schemaop {

// What flags and environment decide.
struct OperatorOptions {
  KubeConfig kube;
  std::vector<std::string> namespaces;  // empty: all
  std::string label_selector;           // empty: whatever its labels
  // Of the same namespaces; its own member of that name is not looked at.
  ReferenceWatchOptions references;
  Shard shard;
  std::filesystem::path migrations_root;  // where spec.migrations.path looks; empty: such a source
                                          // is refused
  // Whether databases may be migrated by a superuser and the like: whoever may write a
  // SchemaVersion or its revisions has the rights of the role in the Secret.
  LoginRights login_rights = LoginRights::kOwner;
  int max_concurrent_reconciles = 4;
  std::optional<int> max_concurrent_reconciles_per_server;  // of databases; absent: the same
  std::string health_address = ":8081";                     // /healthz, /readyz, /metrics
  std::string identity;  // pod name or host name, for the ledger and events
  std::optional<LeaderElectionOptions> election;  // empty: this is the only replica
};

// "0.1.0".
std::string_view OperatorVersion();

// Whether a change in the store is worth a visit: a new or vanished object, another generation, uid
// or request annotation, or the start of deletion. Status alone is not: this program wrote it.
bool IsWorthAVisit(const Change<KeptSchemaVersion>& change);

// The queue of visits. What an API server refused is tried again as often as anything else that is
// not as it should be, so that every status is true soon after an outage.
WorkQueueOptions VisitQueueOptions();

// Runs until `stop`; returns after every worker has ended cleanly. An error means it could not
// start (an unusable kubeconfig, health address or election) or lost its leadership: end the
// process, whose successor starts from what is true. An API server that cannot be reached is waited
// for, and /readyz says so.
Result<void> RunOperator(const OperatorOptions& options, const Logger& logger,
                         std::stop_token stop);

}  // namespace schemaop
