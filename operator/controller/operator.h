// The operator as one object: configuration in, threads until told to stop.
#pragma once

#include <chrono>
#include <filesystem>
#include <stop_token>
#include <string>
#include <vector>

#include "base/error.h"
#include "base/logger.h"
#include "kube/config.h"

namespace schemaop {

struct OperatorOptions {
  KubeConfig kube;
  std::vector<std::string> namespaces;  // empty: all
  std::filesystem::path
      migrations_root;  // where spec.migrations.path looks; empty: such a source is refused
  int max_concurrent_reconciles = 4;
  std::string health_address = "0.0.0.0:8081";  // /healthz, /readyz, /metrics
  std::string identity;                         // pod name or host name, for the ledger and events
};

// Runs until `stop`; returns after every worker has ended cleanly. An error means it could not
// start or go on.
Result<void> RunOperator(const OperatorOptions& options, const Logger& logger,
                         std::stop_token stop);

}  // namespace schemaop
