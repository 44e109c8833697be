#include "api/lease.h"

#include <algorithm>
#include <cstdint>
#include <limits>
#include <utility>

#include <nlohmann/json.hpp>

namespace schemaop {
namespace {

using nlohmann::json;

constexpr std::int64_t kMost = std::numeric_limits<std::int32_t>::max();

std::int64_t Number(const json& spec, const char* name) {
  const auto found = spec.find(name);
  if (found == spec.end() || !found->is_number_integer()) return 0;
  return std::clamp<std::int64_t>(found->get<std::int64_t>(), 0, kMost);
}

std::string Text(const json& spec, const char* name) {
  const auto found = spec.find(name);
  return found == spec.end() || !found->is_string() ? "" : found->get<std::string>();
}

std::optional<Time> Moment(const json& spec, const char* name) {
  const auto time = ParseRfc3339(Text(spec, name));
  return time ? std::optional(*time) : std::nullopt;
}

json Moment(const std::optional<Time>& time) {
  return time ? json(FormatRfc3339Micro(*time)) : json(nullptr);
}

json SpecOf(const LeaseRecord& record) {
  return {{"holderIdentity", record.holder},
          {"leaseDurationSeconds", record.duration.count()},
          {"acquireTime", Moment(record.acquired)},
          {"renewTime", Moment(record.renewed)},
          {"leaseTransitions", record.transitions}};
}

}  // namespace

Result<Lease> ParseLease(const json& object) {
  auto metadata = ParseObjectMeta(object);
  if (!metadata) return Fail(metadata.error());
  Lease lease{*std::move(metadata), {}};
  const auto spec = object.find("spec");
  if (spec == object.end() || !spec->is_object()) return lease;
  lease.record.holder = Text(*spec, "holderIdentity");
  lease.record.duration = std::chrono::seconds(Number(*spec, "leaseDurationSeconds"));
  lease.record.acquired = Moment(*spec, "acquireTime");
  lease.record.renewed = Moment(*spec, "renewTime");
  lease.record.transitions = static_cast<int>(Number(*spec, "leaseTransitions"));
  return lease;
}

json NewLease(const ObjectKey& key, const LeaseRecord& record) {
  return {{"apiVersion", "coordination.k8s.io/v1"},
          {"kind", "Lease"},
          {"metadata", {{"name", key.name}, {"namespace", key.namespace_name}}},
          {"spec", SpecOf(record)}};
}

json LeasePatch(const std::string& resource_version, const LeaseRecord& record) {
  return {{"metadata", {{"resourceVersion", resource_version}}}, {"spec", SpecOf(record)}};
}

}  // namespace schemaop
