#include "tests/support/apiserver/resource_type.h"

namespace schemaop::devcluster {
namespace {

std::string Path(const std::string& group, const std::string& version, const std::string& plural) {
  return group + "/" + version + "/" + plural;
}

std::vector<PrinterColumn> Columns(const Json& version) {
  std::vector<PrinterColumn> columns;
  for (const Json& declared : version.value("additionalPrinterColumns", Json::array())) {
    columns.push_back({declared.value("name", ""), declared.value("type", "string"),
                       declared.value("jsonPath", ""), declared.value("description", ""),
                       declared.value("format", ""), declared.value("priority", 0)});
  }
  if (columns.empty()) columns.push_back({"Age", "date", ".metadata.creationTimestamp", "", "", 0});
  return columns;
}

std::string WithoutDot(std::string path) { return path.starts_with('.') ? path.substr(1) : path; }

ResourceType FromCrd(const Json& spec, const Json& version) {
  const Json names = spec.value("names", Json::object());
  ResourceType type;
  type.group = spec.value("group", "");
  type.version = version.value("name", "");
  type.kind = names.value("kind", "");
  type.plural = names.value("plural", "");
  type.singular = names.value("singular", "");
  type.short_names = names.value("shortNames", std::vector<std::string>());
  type.categories = names.value("categories", std::vector<std::string>());
  type.namespaced = spec.value("scope", "Namespaced") == "Namespaced";
  type.has_status = version.value("subresources", Json::object()).contains("status");
  type.has_generation = true;
  type.storage = type.plural + "." + type.group;
  const Json schema = version.value("schema", Json::object());
  if (schema.contains("openAPIV3Schema")) type.schema = schema["openAPIV3Schema"];
  type.columns = Columns(version);
  for (const Json& field : version.value("selectableFields", Json::array())) {
    type.selectable.push_back(WithoutDot(field.value("jsonPath", "")));
  }
  type.custom = true;
  return type;
}

}  // namespace

Registry::Registry() {
  for (ResourceType& type : BuiltinTypes()) {
    const std::string path = Path(type.group, type.version, type.plural);
    types_[path] = std::make_shared<const ResourceType>(std::move(type));
  }
}

TypePtr Registry::Find(const std::string& group, const std::string& version,
                       const std::string& plural) const {
  const std::lock_guard lock(mutex_);
  const auto found = types_.find(Path(group, version, plural));
  return found == types_.end() ? nullptr : found->second;
}

TypePtr Registry::FindKind(const std::string& api_version, const std::string& kind) const {
  const std::lock_guard lock(mutex_);
  for (const auto& [path, type] : types_) {
    if (type->kind == kind && type->GroupVersion() == api_version) return type;
  }
  return nullptr;
}

std::vector<TypePtr> Registry::All() const {
  const std::lock_guard lock(mutex_);
  std::vector<TypePtr> all;
  for (const auto& [path, type] : types_) all.push_back(type);
  return all;
}

void Registry::AddCrd(const Json& crd) {
  RemoveCrd(crd);
  const Json spec = crd.value("spec", Json::object());
  const std::lock_guard lock(mutex_);
  for (const Json& version : spec.value("versions", Json::array())) {
    if (!version.value("served", false)) continue;
    ResourceType type = FromCrd(spec, version);
    const std::string path = Path(type.group, type.version, type.plural);
    types_[path] = std::make_shared<const ResourceType>(std::move(type));
  }
}

void Registry::RemoveCrd(const Json& crd) {
  const Json spec = crd.value("spec", Json::object());
  const std::string group = spec.value("group", "");
  const std::string plural = spec.value("names", Json::object()).value("plural", "");
  const std::lock_guard lock(mutex_);
  std::erase_if(types_, [&](const auto& entry) {
    return entry.second->custom && entry.second->group == group && entry.second->plural == plural;
  });
}

}  // namespace schemaop::devcluster
