#include "controller/operator.h"

#include <algorithm>
#include <memory>
#include <set>
#include <thread>
#include <utility>

#include <nlohmann/json.hpp>

#include "base/text.h"
#include "controller/api_resources.h"
#include "controller/reconciler.h"
#include "kube/client.h"
#include "runtime/controller_loop.h"
#include "runtime/health.h"
#include "runtime/metrics.h"
#include "runtime/store.h"
#include "runtime/work_queue.h"

namespace schemaop {
namespace {

constexpr const char* kControllerName = "schemaversion";

using Reflectors = std::vector<std::unique_ptr<Reflector>>;

std::string RequestOf(const SchemaVersion& object) {
  const auto found = object.metadata.annotations.find(std::string(kRequestedAtAnnotation));
  return found == object.metadata.annotations.end() ? std::string() : found->second;
}

Result<std::unique_ptr<KubeClient>> MakeClient(const OperatorOptions& options, Metrics& metrics) {
  KubeClientOptions client_options;
  client_options.user_agent = "schema-operator/" + std::string(OperatorVersion());
  client_options.on_request = [&metrics](const RequestOutcome& outcome) {
    metrics.CountRequest(outcome);
  };
  return KubeClient::Create(options.kube, std::move(client_options));
}

// One for all namespaces, or one for each named one: a Role then suffices instead of a ClusterRole.
Reflectors MakeReflectors(const OperatorOptions& options, KubeClient& client,
                          Store<SchemaVersion>& store, WorkQueue& queue, const Logger& logger) {
  std::set<std::string> namespaces(options.namespaces.begin(), options.namespaces.end());
  if (namespaces.empty()) namespaces.insert("");
  Reflectors reflectors;
  for (const std::string& namespace_name : namespaces) {
    ReflectorOptions reflector_options;
    reflector_options.resource = SchemaVersionResource();
    reflector_options.namespace_name = namespace_name;
    reflectors.push_back(MakeReflector<SchemaVersion>(
        client, std::move(reflector_options), store, ParseSchemaVersion,
        [&queue](const Change<SchemaVersion>& change) {
          if (IsWorthAVisit(change)) queue.Add(change.key);
        },
        logger));
  }
  return reflectors;
}

Result<void> CheckSynced(const Reflectors& reflectors) {
  for (const auto& reflector : reflectors) {
    if (reflector->HasSynced()) continue;
    const Error error = reflector->LastError();
    return Fail(ErrorCode::kUnavailable, error.message.empty()
                                             ? "the first list of SchemaVersions is under way"
                                             : "SchemaVersions not listed yet: " + error.message);
  }
  return {};
}

Result<std::unique_ptr<HealthServer>> StartHealth(const OperatorOptions& options,
                                                  const Reflectors& reflectors,
                                                  const Metrics& metrics) {
  HealthServerOptions health;
  health.address = options.health_address;
  health.ready.push_back({"cache", [&reflectors] { return CheckSynced(reflectors); }});
  health.metrics = [&metrics] { return metrics.Render(); };
  return HealthServer::Start(std::move(health));
}

}  // namespace

std::string_view OperatorVersion() { return SCHEMAOP_VERSION; }

bool IsWorthAVisit(const Change<SchemaVersion>& change) {
  if (!change.before || !change.after) return true;
  const ObjectMeta& before = change.before->metadata;
  const ObjectMeta& after = change.after->metadata;
  return before.uid != after.uid || before.generation != after.generation ||
         before.deleting != after.deleting || RequestOf(*change.before) != RequestOf(*change.after);
}

Result<void> RunOperator(const OperatorOptions& options, const Logger& logger,
                         std::stop_token stop) {
  // Declared in the order of need: each outlives what comes after it.
  Metrics metrics;
  auto client = MakeClient(options, metrics);
  if (!client) return Fail(client.error());
  Store<SchemaVersion> store;
  WorkQueueOptions queue_options;
  queue_options.name = kControllerName;
  WorkQueue queue(queue_options, &metrics);
  SchemaVersionReconciler reconciler(
      {options.migrations_root, options.identity, std::string(OperatorVersion())}, **client, store,
      metrics, logger);
  const Reflectors reflectors = MakeReflectors(options, **client, store, queue, logger);
  const auto health = StartHealth(options, reflectors, metrics);
  if (!health) return Fail(health.error());
  ControllerLoop loop(
      {kControllerName, options.max_concurrent_reconciles}, queue,
      [&reconciler](const ObjectKey& key, const std::stop_token& stopping) {
        return reconciler.Reconcile(key, stopping);
      },
      metrics, logger);

  logger.Info("operator started",
              {{"version", OperatorVersion()},
               {"namespaces", options.namespaces.empty() ? "*" : Join(options.namespaces, ",")},
               {"workers", options.max_concurrent_reconciles},
               {"health_port", (*health)->port()}});
  std::vector<std::jthread> watching;
  for (const auto& reflector : reflectors) {
    watching.emplace_back([&reflector, stop] { reflector->Run(stop); });
  }
  // Nothing is decided from half a list.
  const bool synced = std::all_of(reflectors.begin(), reflectors.end(), [&](const auto& reflector) {
    return reflector->WaitUntilSynced(stop);
  });
  if (synced) loop.Run(stop);
  watching.clear();
  logger.Info("operator stopped");
  return {};
}

}  // namespace schemaop
