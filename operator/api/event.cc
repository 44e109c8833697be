#include "api/event.h"

#include <array>
#include <charconv>
#include <chrono>
#include <cstdint>

#include <nlohmann/json.hpp>

#include "api/well_formed.h"
#include "base/sha256.h"
#include "base/text.h"

namespace schemaop {
namespace {

constexpr std::size_t kMaxWord = 128;   // reason, action, reportingInstance
constexpr std::size_t kMaxNote = 1024;  // note
constexpr std::string_view kReportingController = "schemaversion.io/schema-operator";

std::string NameOf(const Event& event) {
  const auto nanoseconds =
      std::chrono::duration_cast<std::chrono::nanoseconds>(event.time.time_since_epoch()).count();
  std::array<char, 16> digits{};
  const auto end = std::to_chars(digits.data(), digits.data() + digits.size(),
                                 static_cast<std::uint64_t>(nanoseconds), 16);
  std::string name = event.regarding.name + "." + std::string(digits.data(), end.ptr);
  return IsDnsSubdomain(name) ? name : Sha256Hex(name).substr(0, 32);
}

}  // namespace

nlohmann::json ToJson(const Event& event) {
  return {
      {"apiVersion", "events.k8s.io/v1"},
      {"kind", "Event"},
      {"metadata", {{"name", NameOf(event)}, {"namespace", event.regarding.namespace_name}}},
      {"eventTime", FormatRfc3339Micro(event.time)},
      {"type", event.type == Event::Type::kWarning ? "Warning" : "Normal"},
      {"reason", Truncate(event.reason, kMaxWord)},
      {"action", Truncate(event.action, kMaxWord)},
      {"note", Truncate(WellFormed(event.note), kMaxNote)},
      {"reportingController", kReportingController},
      {"reportingInstance", Truncate(event.reporting_instance, kMaxWord)},
      {"regarding",
       {{"apiVersion", event.regarding_api_version},
        {"kind", event.regarding_kind},
        {"namespace", event.regarding.namespace_name},
        {"name", event.regarding.name},
        {"uid", event.regarding.uid},
        {"resourceVersion", event.regarding.resource_version}}},
  };
}

}  // namespace schemaop
