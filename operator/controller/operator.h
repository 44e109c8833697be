// The operator as one object: configuration in, threads until told to stop.
#pragma once

#include <filesystem>
#include <stop_token>
#include <string>
#include <string_view>
#include <vector>

#include "api/schema_version.h"
#include "base/error.h"
#include "base/logger.h"
#include "kube/config.h"
#include "runtime/reflector.h"

namespace schemaop {

// What flags and environment decide.
struct OperatorOptions {
  KubeConfig kube;
  std::vector<std::string> namespaces;    // empty: all
  std::filesystem::path migrations_root;  // where spec.migrations.path looks; empty: such a source
                                          // is refused
  int max_concurrent_reconciles = 4;
  std::string health_address = "0.0.0.0:8081";  // /healthz, /readyz, /metrics
  std::string identity;                         // pod name or host name, for the ledger and events
};

// "0.1.0".
std::string_view OperatorVersion();

// Whether a change in the store is worth a visit: a new or vanished object, another generation, uid
// or request annotation, or the start of deletion. Status alone is not: this program wrote it.
bool IsWorthAVisit(const Change<SchemaVersion>& change);

// Runs until `stop`; returns after every worker has ended cleanly. An error means it could not
// start: an unusable kubeconfig or health address. An API server that cannot be reached is waited
// for, and /readyz says so.
Result<void> RunOperator(const OperatorOptions& options, const Logger& logger,
                         std::stop_token stop);

}  // namespace schemaop
