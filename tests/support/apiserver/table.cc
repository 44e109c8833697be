#include "tests/support/apiserver/table.h"

#include <fmt/format.h>

#include "tests/support/apiserver/encoding.h"
#include "tests/support/apiserver/json_path.h"

namespace schemaop::devcluster {
namespace {

using TimePoint = std::chrono::system_clock::time_point;

constexpr const char* kNameDescription =
    "Name must be unique within a namespace. Is required when creating resources, although some "
    "resources may allow a client to request the generation of an appropriate name automatically. "
    "Name is primarily intended for creation idempotence and configuration definition. Cannot be "
    "updated. More info: http://kubernetes.io/docs/user-guide/identifiers#names";

std::string Age(const Json& value, TimePoint now) {
  const auto time = value.is_string() ? ParseTime(value.get<std::string>()) : std::nullopt;
  if (!time) return "<unknown>";
  return HumanDuration(std::chrono::duration_cast<std::chrono::seconds>(now - *time));
}

// Columns of built-in kinds that are no plain path; their json_path begins with '#'.
Json Computed(const Json& object, const std::string& what, TimePoint now) {
  if (what == "#data") {
    return object.value("data", Json::object()).size() +
           object.value("binaryData", Json::object()).size();
  }
  if (what == "#secrets") return object.value("secrets", Json::array()).size();
  if (what == "#message") {
    const char* key = object.contains("note") ? "note" : "message";
    return object.value(key, "");
  }
  if (what == "#object") {
    const char* key = object.contains("regarding") ? "regarding" : "involvedObject";
    const Json about = object.value(key, Json::object());
    return LowerCase(about.value("kind", "")) + "/" + about.value("name", "");
  }
  for (const char* key : {"/series/lastObservedTime", "/lastTimestamp", "/deprecatedLastTimestamp",
                          "/eventTime", "/metadata/creationTimestamp"}) {
    const Json::json_pointer at(key);
    if (object.contains(at) && object[at].is_string()) return Age(object[at], now);
  }
  return "<unknown>";
}

Json Cell(const Json& object, const PrinterColumn& column, TimePoint now) {
  if (column.json_path.starts_with('#')) return Computed(object, column.json_path, now);
  const Json value = FirstAt(object, column.json_path);
  if (value.is_null()) return nullptr;
  if (column.type == "date") return Age(value, now);
  if (column.type == "string") return value.is_string() ? value : Json(value.dump());
  if (column.type == "integer" && !value.is_number_integer()) return nullptr;
  if (column.type == "boolean" && !value.is_boolean()) return nullptr;
  return value;
}

Json Definition(const std::string& name, const std::string& type, const std::string& format,
                const std::string& description, int priority) {
  return {{"name", name},
          {"type", type},
          {"format", format},
          {"description", description},
          {"priority", priority}};
}

Json Definitions(const ResourceType& type) {
  Json columns = {Definition("Name", "string", "name", kNameDescription, 0)};
  for (const PrinterColumn& column : type.columns) {
    const std::string description =
        !column.description.empty() || column.json_path.starts_with('#')
            ? column.description
            : "Custom resource definition column (in JSONPath format): " + column.json_path;
    columns.push_back(
        Definition(column.name, column.type, column.format, description, column.priority));
  }
  return columns;
}

}  // namespace

std::string HumanDuration(std::chrono::seconds duration) {
  const auto seconds = duration.count();
  if (seconds < -1) return "<invalid>";
  if (seconds < 0) return "0s";
  const auto both = [](std::int64_t big, const char* unit, std::int64_t small, const char* rest) {
    return small == 0 ? fmt::format("{}{}", big, unit)
                      : fmt::format("{}{}{}{}", big, unit, small, rest);
  };
  if (seconds < 120) return fmt::format("{}s", seconds);
  const auto minutes = seconds / 60;
  if (minutes < 10) return both(minutes, "m", seconds % 60, "s");
  if (minutes < 180) return fmt::format("{}m", minutes);
  const auto hours = minutes / 60;
  if (hours < 8) return both(hours, "h", minutes % 60, "m");
  if (hours < 48) return fmt::format("{}h", hours);
  const auto days = hours / 24;
  if (hours < 192) return both(days, "d", hours % 24, "h");
  if (days < 730) return fmt::format("{}d", days);
  if (days < 8 * 365) return both(days / 365, "y", days % 365, "d");
  return fmt::format("{}y", days / 365);
}

Json MakeTable(const ResourceType& type, const std::vector<Json>& objects,
               const Json& list_metadata, RowObject include, TimePoint now) {
  Json rows = Json::array();
  for (const Json& object : objects) {
    Json cells = {object["metadata"]["name"]};
    for (const PrinterColumn& column : type.columns) cells.push_back(Cell(object, column, now));
    Json row = {{"cells", std::move(cells)}};
    if (include == RowObject::kObject) row["object"] = object;
    if (include == RowObject::kMetadata) {
      row["object"] = {{"kind", "PartialObjectMetadata"},
                       {"apiVersion", "meta.k8s.io/v1"},
                       {"metadata", object["metadata"]}};
    }
    rows.push_back(std::move(row));
  }
  return {{"kind", "Table"},
          {"apiVersion", "meta.k8s.io/v1"},
          {"metadata", list_metadata},
          {"columnDefinitions", Definitions(type)},
          {"rows", std::move(rows)}};
}

}  // namespace schemaop::devcluster
