#include "tests/support/apiserver/managed_fields.h"

#include <algorithm>
#include <iterator>
#include <vector>

#include <fmt/format.h>

#include "tests/support/apiserver/field_set.h"

namespace schemaop::devcluster {
namespace {

struct Entry {
  std::string manager;
  std::string operation;  // Apply or Update
  std::string api_version;
  std::string subresource;
  std::string time;
  FieldSet fields;

  bool Is(const FieldWriter& writer, const char* op) const {
    return manager == writer.manager && operation == op && subresource == writer.subresource &&
           api_version == writer.api_version;
  }
};

std::vector<Entry> ReadEntries(const Json& object) {
  std::vector<Entry> entries;
  const Json metadata = object.value("metadata", Json::object());
  for (const Json& raw : metadata.value("managedFields", Json::array())) {
    if (!raw.is_object() || raw.empty()) continue;
    entries.push_back({raw.value("manager", ""), raw.value("operation", ""),
                       raw.value("apiVersion", ""), raw.value("subresource", ""),
                       raw.value("time", ""), FromFieldsV1(raw.value("fieldsV1", Json::object()))});
  }
  return entries;
}

void WriteEntries(Json& object, std::vector<Entry> entries) {
  std::erase_if(entries, [](const Entry& entry) { return entry.fields.empty(); });
  std::stable_sort(entries.begin(), entries.end(), [](const Entry& a, const Entry& b) {
    return std::tie(a.operation, a.time) < std::tie(b.operation, b.time);
  });
  Json list = Json::array();
  for (const Entry& entry : entries) {
    Json raw = {{"manager", entry.manager},        {"operation", entry.operation},
                {"apiVersion", entry.api_version}, {"time", entry.time},
                {"fieldsType", "FieldsV1"},        {"fieldsV1", ToFieldsV1(entry.fields)}};
    if (!entry.subresource.empty()) raw["subresource"] = entry.subresource;
    list.push_back(std::move(raw));
  }
  if (list.empty()) {
    object["metadata"].erase("managedFields");
  } else {
    object["metadata"]["managedFields"] = std::move(list);
  }
}

Entry& EntryOf(std::vector<Entry>& entries, const FieldWriter& writer, const char* operation) {
  const auto found = std::find_if(entries.begin(), entries.end(),
                                  [&](const Entry& entry) { return entry.Is(writer, operation); });
  if (found != entries.end()) return *found;
  entries.push_back(
      {writer.manager, operation, writer.api_version, writer.subresource, writer.time, {}});
  return entries.back();
}

bool HasMembers(const FieldSet& fields, const FieldPath& path) {
  const auto next = fields.upper_bound(path);
  return next != fields.end() && next->size() > path.size() &&
         std::equal(path.begin(), path.end(), next->begin());
}

FieldSet Minus(const FieldSet& from, const FieldSet& what) {
  FieldSet rest;
  std::set_difference(from.begin(), from.end(), what.begin(), what.end(),
                      std::inserter(rest, rest.end()));
  return rest;
}

// Fields of `after` that are new, or leaves whose value is another one.
FieldSet Changed(const Json& before, const Json& after, const FieldSet& old_fields,
                 const FieldSet& new_fields) {
  FieldSet changed;
  for (const FieldPath& path : new_fields) {
    const bool added = !old_fields.contains(path);
    if (!added && HasMembers(new_fields, path)) continue;
    const Json* then = FindField(before, path);
    const Json* now = FindField(after, path);
    if (added || !then || !now || *then != *now) changed.insert(path);
  }
  return changed;
}

// Conflicts of `applied` with the entries that are not `writer`'s, as causes; empty: none.
std::vector<Cause> FindConflicts(const Json& live, const Json& applied, const FieldSet& fields,
                                 const std::vector<Entry>& entries, const FieldWriter& writer,
                                 FieldSet& contested) {
  std::vector<Cause> causes;
  for (const Entry& entry : entries) {
    if (entry.Is(writer, "Apply")) continue;
    for (const FieldPath& path : fields) {
      if (!entry.fields.contains(path) || HasMembers(fields, path)) continue;
      const Json* have = FindField(live, path);
      const Json* want = FindField(applied, path);
      if (!have || !want || *have == *want) continue;
      contested.insert(path);
      std::string message = fmt::format("conflict with \"{}\"", entry.manager);
      if (!entry.subresource.empty()) {
        message += fmt::format(" with subresource \"{}\"", entry.subresource);
      }
      if (entry.operation == "Update" || entry.api_version != writer.api_version) {
        message += " using " + entry.api_version;
      }
      causes.push_back({"FieldManagerConflict", std::move(message), PathText(path)});
    }
  }
  return causes;
}

Refusal ApplyConflict(std::vector<Cause> causes) {
  std::string message = fmt::format("Apply failed with {} conflict{}: ", causes.size(),
                                    causes.size() == 1 ? "" : "s");
  if (causes.size() == 1) {
    message += causes[0].message + ": " + causes[0].field;
  } else {
    // Grouped by manager, each with its fields as a list.
    std::string last;
    for (const Cause& cause : causes) {
      if (cause.message != last) {
        message += (last.empty() ? "" : "\n") + cause.message + ":";
        last = cause.message;
      }
      message += "\n- " + cause.field;
    }
    const std::size_t at = message.find(": conflicts with");
    if (at == std::string::npos) {
      std::size_t from = 0;
      while ((from = message.find("conflict with \"", from)) != std::string::npos) {
        message.replace(from, 13, "conflicts with");
        from += 15;
      }
    }
  }
  StatusError error;
  error.code = 409;
  error.reason = "Conflict";
  error.message = std::move(message);
  error.causes = std::move(causes);
  return Refusal(std::move(error));
}

bool OwnedByAnother(const std::vector<Entry>& entries, const FieldWriter& writer,
                    const FieldPath& path) {
  return std::any_of(entries.begin(), entries.end(), [&](const Entry& entry) {
    return !entry.Is(writer, "Apply") &&
           (entry.fields.contains(path) || HasMembers(entry.fields, path));
  });
}

}  // namespace

void RecordUpdate(const Json& before, Json& after, const Json& schema, const FieldWriter& writer) {
  const FieldSet old_fields = AllFields(before, schema);
  const FieldSet new_fields = AllFields(after, schema);
  const FieldSet changed = Changed(before, after, old_fields, new_fields);
  const FieldSet removed = Minus(old_fields, new_fields);
  std::vector<Entry> entries = ReadEntries(after);
  if (changed.empty() && removed.empty()) return;
  for (Entry& entry : entries) {
    entry.fields = Minus(entry.fields, removed);
    if (!entry.Is(writer, "Update")) entry.fields = Minus(entry.fields, changed);
  }
  if (!changed.empty()) {
    Entry& own = EntryOf(entries, writer, "Update");
    own.fields.insert(changed.begin(), changed.end());
    own.time = writer.time;
  }
  WriteEntries(after, std::move(entries));
}

Answer<Json> ServerSideApply(const Json& live, const Json& applied, const Json& schema,
                             const FieldWriter& writer, bool force) {
  std::vector<Entry> entries = ReadEntries(live);
  const FieldSet fields = AppliedFields(applied, schema);
  FieldSet contested;
  std::vector<Cause> conflicts = FindConflicts(live, applied, fields, entries, writer, contested);
  if (!conflicts.empty() && !force) return ApplyConflict(std::move(conflicts));

  Json result = MergeApplied(live, applied, schema);
  Entry& own = EntryOf(entries, writer, "Apply");
  const FieldSet given_up = Minus(own.fields, fields);
  if (own.fields != fields) own.time = writer.time;
  own.fields = fields;
  for (auto path = given_up.rbegin(); path != given_up.rend(); ++path) {
    if (!OwnedByAnother(entries, writer, *path) && !HasMembers(fields, *path)) {
      EraseField(result, *path);
    }
  }
  for (Entry& entry : entries) {
    if (!entry.Is(writer, "Apply")) entry.fields = Minus(entry.fields, contested);
  }
  WriteEntries(result, std::move(entries));
  return result;
}

}  // namespace schemaop::devcluster
