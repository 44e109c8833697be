#include "runtime/metrics.h"

#include <array>
#include <mutex>
#include <variant>
#include <vector>

#include <prometheus/counter.h>
#include <prometheus/gauge.h>
#include <prometheus/histogram.h>
#include <prometheus/registry.h>
#include <prometheus/text_serializer.h>

#include "runtime/process_metrics.h"

namespace schemaop {
namespace {

using prometheus::Counter;
using prometheus::Family;
using prometheus::Gauge;
using prometheus::Histogram;

using AnyFamily = std::variant<Family<Counter>*, Family<Gauge>*, Family<Histogram>*>;

enum class FamilyType { kCounter, kGauge, kReconcileTime, kQueueTime, kRequestTime };

struct FamilyRow {
  const char* name;
  FamilyType type;
  const char* help;
};

constexpr std::array kFamilies{
    FamilyRow{"controller_runtime_reconcile_total", FamilyType::kCounter,
              "Reconciliations per controller"},
    FamilyRow{"controller_runtime_reconcile_errors_total", FamilyType::kCounter,
              "Reconciliation errors per controller"},
    FamilyRow{"controller_runtime_terminal_reconcile_errors_total", FamilyType::kCounter,
              "Terminal reconciliation errors per controller"},
    FamilyRow{"controller_runtime_reconcile_panics_total", FamilyType::kCounter,
              "Reconciliation panics per controller"},
    FamilyRow{"controller_runtime_reconcile_time_seconds", FamilyType::kReconcileTime,
              "Time per reconciliation per controller"},
    FamilyRow{"controller_runtime_max_concurrent_reconciles", FamilyType::kGauge,
              "Most concurrent reconciles per controller"},
    FamilyRow{"controller_runtime_active_workers", FamilyType::kGauge,
              "Workers in use per controller"},
    FamilyRow{"workqueue_depth", FamilyType::kGauge, "Keys waiting in the work queue"},
    FamilyRow{"workqueue_adds_total", FamilyType::kCounter, "Adds handled by the work queue"},
    FamilyRow{"workqueue_queue_duration_seconds", FamilyType::kQueueTime,
              "How long a key waits before it is processed"},
    FamilyRow{"workqueue_work_duration_seconds", FamilyType::kQueueTime,
              "How long processing a key takes"},
    FamilyRow{"workqueue_unfinished_work_seconds", FamilyType::kGauge,
              "Sum of the times the keys in processing have taken so far"},
    FamilyRow{"workqueue_longest_running_processor_seconds", FamilyType::kGauge,
              "How long the longest processing has taken so far"},
    FamilyRow{"workqueue_retries_total", FamilyType::kCounter, "Retries handled by the work queue"},
    FamilyRow{"rest_client_requests_total", FamilyType::kCounter,
              "HTTP requests by status code, method and host"},
    FamilyRow{"rest_client_request_duration_seconds", FamilyType::kRequestTime,
              "Request latency by method and host"},
    FamilyRow{"rest_client_request_retries_total", FamilyType::kCounter,
              "Request retries by status code, method and host"},
    FamilyRow{"leader_election_master_status", FamilyType::kGauge,
              "1 for the leader of a lease, else 0"},
};

// The buckets of controller-runtime, workqueue and client-go.
Histogram::BucketBoundaries Buckets(FamilyType type) {
  switch (type) {
    case FamilyType::kReconcileTime:
      return {0.005, 0.01, 0.025, 0.05, 0.1,  0.15, 0.2,  0.25, 0.3, 0.35, 0.4, 0.45, 0.5, 0.6,
              0.7,   0.8,  0.9,   1,    1.25, 1.5,  1.75, 2,    2.5, 3,    3.5, 4,    4.5, 5,
              6,     7,    8,     9,    10,   15,   20,   25,   30,  40,   50,  60};
    case FamilyType::kQueueTime:
      return {1e-8, 1e-7, 1e-6, 1e-5, 1e-4, 1e-3, 1e-2, 0.1, 1, 10, 100, 1000};
    default:
      return {0.005, 0.025, 0.1, 0.25, 0.5, 1, 2, 4, 8, 15, 30, 45, 60};
  }
}

double Seconds(std::chrono::nanoseconds value) {
  return std::chrono::duration<double>(value).count();
}

}  // namespace

struct Metrics::Impl {
  struct Entry {
    AnyFamily family;
    FamilyType type;
  };

  prometheus::Registry registry;
  mutable std::mutex mutex;
  std::map<std::string, Entry, std::less<>> families;

  void Declare(const std::string& name, FamilyType type, const std::string& help);

  // Calls `use` with the series of a family of type T, made when new; not at all for an undeclared
  // name. Under the lock, so that no series is removed while it is used.
  template <typename T, typename Use>
  void With(std::string_view name, const MetricLabels& labels, Use use) {
    const std::lock_guard lock(mutex);
    const auto found = families.find(name);
    if (found == families.end()) return;
    auto* const family = std::get_if<Family<T>*>(&found->second.family);
    if (family == nullptr) return;
    if constexpr (std::is_same_v<T, Histogram>) {
      use(**family, (*family)->Add(labels, Buckets(found->second.type)));
    } else {
      use(**family, (*family)->Add(labels));
    }
  }
};

void Metrics::Impl::Declare(const std::string& name, FamilyType type, const std::string& help) {
  const std::lock_guard lock(mutex);
  AnyFamily family;
  if (type == FamilyType::kCounter) {
    family = &prometheus::BuildCounter().Name(name).Help(help).Register(registry);
  } else if (type == FamilyType::kGauge) {
    family = &prometheus::BuildGauge().Name(name).Help(help).Register(registry);
  } else {
    family = &prometheus::BuildHistogram().Name(name).Help(help).Register(registry);
  }
  families.emplace(name, Entry{family, type});
}

Metrics::Metrics() : impl_(std::make_unique<Impl>()) {
  for (const FamilyRow& row : kFamilies) impl_->Declare(row.name, row.type, row.help);
}

Metrics::~Metrics() = default;

void Metrics::DeclareGauge(const std::string& name, const std::string& help) {
  impl_->Declare(name, FamilyType::kGauge, help);
}

void Metrics::SetGauge(std::string_view name, const MetricLabels& labels, double value) {
  impl_->With<Gauge>(name, labels, [&](auto&, Gauge& gauge) { gauge.Set(value); });
}

void Metrics::AddToGauge(std::string_view name, const MetricLabels& labels, double change) {
  impl_->With<Gauge>(name, labels, [&](auto&, Gauge& gauge) { gauge.Increment(change); });
}

void Metrics::RemoveGauge(std::string_view name, const MetricLabels& labels) {
  impl_->With<Gauge>(name, labels,
                     [&](Family<Gauge>& family, Gauge& gauge) { family.Remove(&gauge); });
}

void Metrics::Increment(std::string_view name, const MetricLabels& labels) {
  impl_->With<Counter>(name, labels, [&](auto&, Counter& counter) { counter.Increment(); });
}

void Metrics::Observe(std::string_view name, const MetricLabels& labels,
                      std::chrono::nanoseconds value) {
  impl_->With<Histogram>(name, labels,
                         [&](auto&, Histogram& histogram) { histogram.Observe(Seconds(value)); });
}

void Metrics::CountRequest(const RequestOutcome& outcome) {
  const std::string method(outcome.method);
  const std::string host(outcome.host);
  const std::string code =
      outcome.http_status == 0 ? "<error>" : std::to_string(outcome.http_status);
  const MetricLabels labels{{"code", code}, {"method", method}, {"host", host}};
  Increment("rest_client_requests_total", labels);
  if (outcome.attempt > 0) Increment("rest_client_request_retries_total", labels);
  Observe("rest_client_request_duration_seconds", {{"verb", method}, {"host", host}}, outcome.took);
}

std::string Metrics::Render() const {
  return prometheus::TextSerializer().Serialize(impl_->registry.Collect()) + RenderProcessMetrics();
}

}  // namespace schemaop
