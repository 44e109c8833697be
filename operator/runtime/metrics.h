// The process's metrics, named as controller-runtime and client-go name theirs so that dashboards
// fit.
#pragma once

#include <chrono>
#include <map>
#include <memory>
#include <string>
#include <string_view>

#include "kube/client.h"

namespace schemaop {

using MetricLabels = std::map<std::string, std::string>;

// Thread-safe. A name must be of one of the families of metrics.cc or declared before; any other is
// a bug and is ignored. Keep labels bounded: each set of values lives until removed.
class Metrics {
 public:
  Metrics();
  ~Metrics();
  Metrics(const Metrics&) = delete;
  Metrics& operator=(const Metrics&) = delete;

  // Adds a family of this program's own, before its first use.
  void DeclareGauge(const std::string& name, const std::string& help);

  // Each value of a family has its own `labels` and is made at its first use.
  void SetGauge(std::string_view name, const MetricLabels& labels, double value);
  void AddToGauge(std::string_view name, const MetricLabels& labels, double change);
  // Forgets the value, so that it is rendered no more.
  void RemoveGauge(std::string_view name, const MetricLabels& labels);
  // Adds one to a counter.
  void Increment(std::string_view name, const MetricLabels& labels);
  // Adds `value` to a histogram of seconds.
  void Observe(std::string_view name, const MetricLabels& labels, std::chrono::nanoseconds value);

  // rest_client_*: for KubeClientOptions::on_request.
  void CountRequest(const RequestOutcome& outcome);

  // Everything in Prometheus's text format 0.0.4, process_* read now.
  std::string Render() const;

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace schemaop
