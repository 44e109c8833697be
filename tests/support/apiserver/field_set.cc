#include "tests/support/apiserver/field_set.h"

#include <algorithm>

namespace schemaop::devcluster {
namespace {

// What every object has: finalizers are a set, owners are known by uid.
const Json& MetadataSchema() {
  static const Json schema = Json::parse(R"({"type": "object", "properties": {
    "labels": {"additionalProperties": {"type": "string"}},
    "annotations": {"additionalProperties": {"type": "string"}},
    "finalizers": {"x-kubernetes-list-type": "set"},
    "ownerReferences": {"x-kubernetes-list-type": "map", "x-kubernetes-list-map-keys": ["uid"],
                        "items": {}}}})");
  return schema;
}

// Fields the server owns; no manager does.
bool Unmanaged(const FieldPath& path) {
  static const std::set<std::string> kMetadata = {
      "f:name", "f:namespace",  "f:creationTimestamp", "f:selfLink",
      "f:uid",  "f:generation", "f:managedFields",     "f:resourceVersion"};
  if (path.size() == 1) return path[0] == "f:apiVersion" || path[0] == "f:kind";
  return path.size() == 2 && path[0] == "f:metadata" && kMetadata.contains(path[1]);
}

// The schema below `key`, and whether the key is an entry of a free map rather than a declared
// field.
struct Below {
  const Json* schema = nullptr;
  bool entry = false;
};

Below Descend(const Json* schema, const std::string& key, bool root) {
  if (root && key == "metadata") return {&MetadataSchema(), false};
  if (!schema || !schema->is_object()) {
    return {nullptr, false};
  }
  if (const auto properties = schema->find("properties"); properties != schema->end()) {
    if (const auto found = properties->find(key); found != properties->end()) {
      return {&*found, false};
    }
  }
  const auto additional = schema->find("additionalProperties");
  const bool typed = additional != schema->end() && additional->is_object();
  return {typed ? &*additional : nullptr, true};
}

// The maps of built-in kinds whose keys are data; kinds without a schema are otherwise all
// declared.
bool IsFreeMap(const FieldPath& path) {
  static const std::set<std::string> kMaps = {"f:data", "f:binaryData", "f:stringData",
                                              "f:matchLabels"};
  return !path.empty() && kMaps.contains(path.back());
}

std::string ListType(const Json* schema) {
  return schema && schema->is_object() ? schema->value("x-kubernetes-list-type", "atomic")
                                       : "atomic";
}

bool AtomicMap(const Json* schema) {
  return schema && schema->is_object() && schema->value("x-kubernetes-map-type", "") == "atomic";
}

// "k:{...}" of a list item.
std::string ItemKey(const Json& item, const Json& schema) {
  Json identity = Json::object();
  for (const Json& key : schema.value("x-kubernetes-list-map-keys", Json::array())) {
    const auto& name = key.get_ref<const std::string&>();
    if (item.contains(name)) identity[name] = item[name];
  }
  return "k:" + identity.dump();
}

class Collector {
 public:
  Collector(FieldSet& fields, bool containers) : fields_(fields), containers_(containers) {}

  void Collect(const Json& value, const Json* schema, FieldPath& path) {
    if (value.is_object() && !value.empty() && !AtomicMap(schema))
      return CollectObject(value, schema, path);
    if (value.is_array() && !value.empty() && ListType(schema) != "atomic") {
      return CollectList(value, *schema, path);
    }
    Insert(path);
  }

 private:
  void Insert(const FieldPath& path) {
    if (!path.empty() && !Unmanaged(path)) fields_.insert(path);
  }

  void CollectObject(const Json& value, const Json* schema, FieldPath& path) {
    const bool root = path.empty();
    if (containers_ && path != FieldPath{"f:metadata"}) Insert(path);
    const bool free_map = IsFreeMap(path);
    for (const auto& [key, member] : value.items()) {
      const Below below = Descend(schema, key, root);
      path.push_back("f:" + key);
      if (!Unmanaged(path)) {
        if (below.entry || free_map) Insert(path);
        Collect(member, below.schema, path);
      }
      path.pop_back();
    }
  }

  void CollectList(const Json& value, const Json& schema, FieldPath& path) {
    if (containers_) Insert(path);
    const bool set = ListType(&schema) == "set";
    const auto items = schema.find("items");
    for (const Json& item : value) {
      path.push_back(set ? "v:" + item.dump() : ItemKey(item, schema));
      Insert(path);
      if (!set) Collect(item, items == schema.end() ? nullptr : &*items, path);
      path.pop_back();
    }
  }

  FieldSet& fields_;
  bool containers_;
};

FieldSet Collected(const Json& object, const Json& schema, bool containers) {
  FieldSet fields;
  FieldPath path;
  Collector(fields, containers).Collect(object, &schema, path);
  return fields;
}

bool IsItem(const Json& item, const std::string& element) {
  const Json wanted = Json::parse(element.substr(2));
  if (element.starts_with("v:")) return item == wanted;
  return item.is_object() &&
         std::all_of(wanted.items().begin(), wanted.items().end(), [&](const auto& entry) {
           const auto found = item.find(entry.key());
           return found != item.end() && *found == entry.value();
         });
}

template <typename J>
J* Step(J& at, const std::string& element) {
  if (element.starts_with("f:")) {
    if (!at.is_object()) return nullptr;
    const auto found = at.find(element.substr(2));
    return found == at.end() ? nullptr : &*found;
  }
  if (!at.is_array()) return nullptr;
  const auto found =
      std::find_if(at.begin(), at.end(), [&](const Json& item) { return IsItem(item, element); });
  return found == at.end() ? nullptr : &*found;
}

void MergeAt(Json& live, const Json& applied, const Json* schema, bool root);

void MergeList(Json& live, const Json& applied, const Json& schema) {
  const bool set = ListType(&schema) == "set";
  const auto items = schema.find("items");
  for (const Json& item : applied) {
    const std::string element = set ? "v:" + item.dump() : ItemKey(item, schema);
    if (Json* have = Step(live, element)) {
      if (!set) MergeAt(*have, item, items == schema.end() ? nullptr : &*items, false);
    } else {
      live.push_back(item);
    }
  }
}

void MergeAt(Json& live, const Json& applied, const Json* schema, bool root) {
  if (applied.is_object() && live.is_object() && !AtomicMap(schema)) {
    for (const auto& [key, member] : applied.items()) {
      const auto have = live.find(key);
      if (have == live.end()) {
        live[key] = member;
      } else {
        MergeAt(*have, member, Descend(schema, key, root).schema, false);
      }
    }
  } else if (applied.is_array() && live.is_array() && ListType(schema) != "atomic") {
    MergeList(live, applied, *schema);
  } else {
    live = applied;
  }
}

}  // namespace

Json ToFieldsV1(const FieldSet& fields) {
  Json root = Json::object();
  for (const FieldPath& path : fields) {
    Json* at = &root;
    for (const std::string& element : path) at = &(*at)[element];
    if (at->is_null()) *at = Json::object();
    // A member that also has members of its own is marked by "."; those sort after it.
    const auto next = std::next(fields.find(path));
    const bool parent = next != fields.end() && next->size() > path.size() &&
                        std::equal(path.begin(), path.end(), next->begin());
    if (parent) (*at)["."] = Json::object();
  }
  return root;
}

FieldSet FromFieldsV1(const Json& fields) {
  FieldSet out;
  const auto walk = [&](const auto& self, const Json& at, FieldPath& path) -> void {
    if (at.empty() || at.contains(".")) {
      if (!path.empty()) out.insert(path);
    }
    for (const auto& [element, below] : at.items()) {
      if (element == ".") continue;
      path.push_back(element);
      self(self, below, path);
      path.pop_back();
    }
  };
  FieldPath path;
  if (fields.is_object()) walk(walk, fields, path);
  return out;
}

std::string PathText(const FieldPath& path) {
  std::string text;
  for (const std::string& element : path) {
    if (element.starts_with("f:")) {
      text += "." + element.substr(2);
    } else if (element.starts_with("v:")) {
      text += "[=" + element.substr(2) + "]";
    } else {
      const Json identity = Json::parse(element.substr(2));
      text += "[";
      std::string separator;
      for (const auto& [key, value] : identity.items()) {
        text += separator + key + "=" + value.dump();
        separator = ",";
      }
      text += "]";
    }
  }
  return text;
}

FieldSet AppliedFields(const Json& object, const Json& schema) {
  return Collected(object, schema, false);
}

FieldSet AllFields(const Json& object, const Json& schema) {
  return Collected(object, schema, true);
}

const Json* FindField(const Json& object, const FieldPath& path) {
  const Json* at = &object;
  for (const std::string& element : path) {
    at = Step(*at, element);
    if (!at) return nullptr;
  }
  return at;
}

void EraseField(Json& object, const FieldPath& path) {
  Json* at = &object;
  for (std::size_t i = 0; i + 1 < path.size(); ++i) {
    at = Step(*at, path[i]);
    if (!at) return;
  }
  const std::string& last = path.back();
  if (last.starts_with("f:")) {
    if (at->is_object()) at->erase(last.substr(2));
  } else if (at->is_array()) {
    const auto found =
        std::find_if(at->begin(), at->end(), [&](const Json& item) { return IsItem(item, last); });
    if (found != at->end()) at->erase(found);
  }
}

Json MergeApplied(const Json& live, const Json& applied, const Json& schema) {
  Json merged = live;
  MergeAt(merged, applied, &schema, true);
  return merged;
}

}  // namespace schemaop::devcluster
