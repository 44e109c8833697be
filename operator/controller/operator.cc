#include "controller/operator.h"

#include <algorithm>
#include <chrono>
#include <functional>
#include <memory>
#include <set>
#include <thread>
#include <utility>

#include <nlohmann/json.hpp>

#include "api/event.h"
#include "base/text.h"
#include "controller/api_resources.h"
#include "controller/event_recorder.h"
#include "controller/live_effects.h"
#include "controller/reconciler.h"
#include "controller/reference_index.h"
#include "kube/client.h"
#include "policy/attempt.h"
#include "policy/next_visit.h"
#include "runtime/controller_loop.h"
#include "runtime/health.h"
#include "runtime/metrics.h"
#include "runtime/store.h"
#include "runtime/turns.h"

namespace schemaop {
namespace {

constexpr const char* kControllerName = "schemaversion";

using Reflectors = std::vector<std::unique_ptr<Reflector>>;

// What `kept` holds, as far as it is there.
std::optional<SchemaVersion> Content(const std::shared_ptr<const KeptSchemaVersion>& kept) {
  if (!kept) return std::nullopt;
  auto object = kept->Read();
  if (!object) return std::nullopt;
  return *std::move(object);
}

// Status alone changes no reference.
bool KeepsSpec(const Change<KeptSchemaVersion>& change) {
  return change.before && change.after &&
         change.before->metadata.uid == change.after->metadata.uid &&
         change.before->metadata.generation == change.after->metadata.generation;
}

Result<std::unique_ptr<KubeClient>> MakeClient(const OperatorOptions& options, Metrics& metrics,
                                               const Logger& logger,
                                               KubeClientOptions client_options) {
  client_options.user_agent = UserAgent("schema-operator", OperatorVersion());
  client_options.logger = logger;
  client_options.on_request = [&metrics](const RequestOutcome& outcome) {
    metrics.CountRequest(outcome);
  };
  return KubeClient::Create(options.kube, std::move(client_options));
}

// Edits go before what was there when this process started, of which a large fleet must not come
// all at once.
void Enqueue(const Change<KeptSchemaVersion>& change, const std::optional<SchemaVersion>& after,
             std::size_t fleet, WorkQueue& queue) {
  if (!change.initial || !after) return queue.Add(change.key);
  const std::size_t seed = std::hash<std::string>()(after->metadata.uid);
  queue.AddAfter(change.key, FirstVisit(*after, fleet, seed), WorkPriority::kLow);
}

// What each reflector lists: all namespaces at once, or each named one, for which a Role suffices
// instead of a ClusterRole.
std::set<std::string> ServedNamespaces(const OperatorOptions& options) {
  std::set<std::string> namespaces(options.namespaces.begin(), options.namespaces.end());
  if (namespaces.empty()) namespaces.insert("");
  return namespaces;
}

Reflectors MakeReflectors(const OperatorOptions& options, KubeClient& client,
                          Store<KeptSchemaVersion>& store, ReferenceIndex& index, WorkQueue& queue,
                          const Logger& logger) {
  Reflectors reflectors;
  for (const std::string& namespace_name : ServedNamespaces(options)) {
    ReflectorOptions reflector_options;
    reflector_options.resource = SchemaVersionResource();
    reflector_options.namespace_name = namespace_name;
    reflector_options.label_selector = options.label_selector;
    reflectors.push_back(MakeReflector<KeptSchemaVersion>(
        client, std::move(reflector_options), store, SchemaVersionKeeper(),
        [&store, &index, &queue, shard = options.shard](const Change<KeptSchemaVersion>& change) {
          if (!IsOfShard(change.key, shard) || !IsWorthAVisit(change)) return;
          const auto after = Content(change.after);
          if (!KeepsSpec(change)) {
            const auto before = Content(change.before);
            index.Update(change.key, before ? &*before : nullptr, after ? &*after : nullptr);
          }
          Enqueue(change, after, store.Size(), queue);
        },
        logger));
  }
  return reflectors;
}

// An election and the client it has for itself: a call about the lease must end early enough for
// another.
struct Election {
  std::unique_ptr<KubeClient> client;
  std::unique_ptr<LeaderElection> election;  // empty: this process leads without asking

  bool Leads() const { return election == nullptr || election->Leads(); }
};

Result<Election> MakeElection(const OperatorOptions& options, Metrics& metrics,
                              const Logger& logger) {
  if (!options.election) return Election();
  if (auto usable = CheckTiming(options.election->timing); !usable) return Fail(usable.error());
  KubeClientOptions client_options;
  client_options.deadline = LeaseCallDeadline(options.election->timing);
  auto client = MakeClient(options, metrics, logger, std::move(client_options));
  if (!client) return Fail(client.error());
  Election made{*std::move(client), nullptr};
  made.election =
      std::make_unique<LeaderElection>(*options.election, *made.client, metrics, logger);
  return made;
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

Result<void> CheckTurning(const Reflectors& reflectors) {
  const auto now = ListWatch::Clock::now();
  for (const auto& reflector : reflectors) {
    if (auto turning = reflector->CheckTurning(now); !turning) return turning;
  }
  return {};
}

Result<std::unique_ptr<HealthServer>> StartHealth(const OperatorOptions& options,
                                                  const Reflectors& reflectors,
                                                  const Election& election, const WorkQueue& queue,
                                                  const Metrics& metrics) {
  HealthServerOptions health;
  health.address = options.health_address;
  health.live.push_back({"reflectors", [&reflectors] { return CheckTurning(reflectors); }});
  if (election.election) {
    health.live.push_back(
        {"lease", [&election] { return election.election->CheckRenewal(BootClock::now()); }});
  }
  health.ready.push_back({"cache", [&reflectors] { return CheckSynced(reflectors); }});
  health.metrics = [&queue, &metrics] {
    queue.ShowUnfinishedWork();
    return metrics.Render();
  };
  return HealthServer::Start(std::move(health));
}

// Who leads, where people look: `kubectl describe lease`.
void AnnounceLeader(const LeaderElectionOptions& election, KubeClient& client,
                    const std::string& instance, const Logger& logger,
                    const std::stop_token& stop) {
  Event event;
  event.regarding = {.namespace_name = election.lease.namespace_name, .name = election.lease.name};
  event.regarding_api_version = "coordination.k8s.io/v1";
  event.regarding_kind = "Lease";
  event.reason = "LeaderElection";
  event.action = "LeaderElection";
  event.note = election.identity + " became leader";
  event.reporting_instance = instance;
  event.time = std::chrono::system_clock::now();
  const auto created = client.Create(CollectionPath(EventResource(), election.lease.namespace_name),
                                     ToJson(event), stop);
  if (!created && !stop.stop_requested()) {
    logger.Warning("event not posted",
                   {{"reason", event.reason}, {"error", created.error().error.message}});
  }
}

// What only the leader's client may do.
KubeClientOptions OnlyAsLeader(const Election& election) {
  KubeClientOptions client_options;
  client_options.may_write = [&election]() -> Result<void> {
    if (election.Leads()) return {};
    // Not kCancelled: a process that was suspended may have the lease again in a moment.
    return Fail(ErrorCode::kUnavailable, "this process does not hold the lease now");
  };
  return client_options;
}

}  // namespace

std::string_view OperatorVersion() { return SCHEMAOP_VERSION; }

bool IsWorthAVisit(const Change<KeptSchemaVersion>& change) {
  if (!change.before || !change.after) return true;
  const ObjectMeta& before = change.before->metadata;
  const ObjectMeta& after = change.after->metadata;
  return before.uid != after.uid || before.generation != after.generation ||
         before.deleting != after.deleting || RequestOf(before) != RequestOf(after);
}

WorkQueueOptions VisitQueueOptions() {
  WorkQueueOptions options;
  options.name = kControllerName;
  options.backoff_most = kLongestPause;
  return options;
}

Result<void> RunOperator(const OperatorOptions& options, const Logger& logger,
                         std::stop_token stop) {
  // Declared in the order of need: each outlives what comes after it.
  Metrics metrics;
  const auto election = MakeElection(options, metrics, logger);
  if (!election) return Fail(election.error());
  auto client = MakeClient(options, metrics, logger, OnlyAsLeader(*election));
  if (!client) return Fail(client.error());
  Store<KeptSchemaVersion> store;
  WorkQueue queue(VisitQueueOptions(), &metrics);
  Turns turns([&queue](const ObjectKey& key) { queue.Add(key); });
  EventRecorder events(**client, logger);
  LiveEffects effects(**client, events);
  SchemaVersionReconciler reconciler(
      {options.migrations_root, options.identity, std::string(OperatorVersion()), &turns,
       options.max_concurrent_reconciles_per_server, options.login_rights},
      effects, store, metrics, logger);
  ReferenceIndex index;
  const Reflectors reflectors = MakeReflectors(options, **client, store, index, queue, logger);
  ReferenceWatchOptions reference_options = options.references;
  reference_options.namespaces = ServedNamespaces(options);
  const ReferenceWatch references(reference_options, **client, index, queue, logger);
  const auto health = StartHealth(options, reflectors, *election, queue, metrics);
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
  // They end by `stop`, or below when leadership was lost.
  std::stop_source ending;
  const std::stop_callback forward(stop, [&ending] { ending.request_stop(); });
  std::vector<std::jthread> watching;
  for (const auto& reflector : reflectors) {
    watching.emplace_back([&reflector, token = ending.get_token()] { reflector->Run(token); });
  }
  for (const auto& reflector : references.reflectors()) {
    watching.emplace_back([&reflector, token = ending.get_token()] { reflector->Run(token); });
  }
  // Nothing is decided from half a list.
  const bool synced = std::all_of(reflectors.begin(), reflectors.end(), [&](const auto& reflector) {
    return reflector->WaitUntilSynced(stop);
  });
  Result<void> ended;
  if (synced && election->election) {
    ended = election->election->Run(
        [&](const std::stop_token& leading) {
          AnnounceLeader(*options.election, **client, options.identity, logger, leading);
          loop.Run(leading);
          events.Drain();
        },
        stop);
  } else if (synced) {
    loop.Run(stop);
  }
  ending.request_stop();
  watching.clear();
  logger.Info("operator stopped");
  return ended;
}

}  // namespace schemaop
