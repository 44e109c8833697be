#include "tests/support/apiserver/representation.h"

#include <sstream>

namespace schemaop::devcluster {
namespace {

Json PartialMetadata(const Json& object) {
  return {{"kind", "PartialObjectMetadata"},
          {"apiVersion", "meta.k8s.io/v1"},
          {"metadata", object["metadata"]}};
}

bool Has(const std::string& text, const char* part) { return text.find(part) != std::string::npos; }

}  // namespace

Answer<Representation> ParseRepresentation(const std::string& accept,
                                           const std::string& include_object) {
  Representation as;
  if (include_object == "None") as.rows = RowObject::kNone;
  if (include_object == "Object") as.rows = RowObject::kObject;
  std::istringstream entries(accept.empty() ? "*/*" : accept);
  for (std::string entry; std::getline(entries, entry, ',');) {
    const bool json =
        Has(entry, "application/json") || Has(entry, "*/*") || Has(entry, "application/*");
    if (!json) continue;
    if (Has(entry, "as=Table") && Has(entry, "v=v1") && !Has(entry, "v=v1beta1")) {
      as.shape = Shape::kTable;
    } else if (Has(entry, "as=PartialObjectMetadata")) {
      as.shape = Shape::kMetadata;
    } else if (Has(entry, "as=")) {
      continue;
    }
    return as;
  }
  return NotAcceptable(
      "only the following media types are accepted: application/json, application/yaml, "
      "application/vnd.kubernetes.protobuf");
}

Json Show(const ResourceType& type, const Json& object, const Representation& as) {
  switch (as.shape) {
    case Shape::kObject:
      return object;
    case Shape::kMetadata:
      return PartialMetadata(object);
    case Shape::kTable:
      return MakeTable(type, {object},
                       {{"resourceVersion", object["metadata"].value("resourceVersion", "")}},
                       as.rows, std::chrono::system_clock::now());
  }
  return object;
}

Json ListBody(const ResourceType& type, const std::vector<Json>& objects, const Json& metadata,
              const Representation& as) {
  if (as.shape == Shape::kTable) {
    return MakeTable(type, objects, metadata, as.rows, std::chrono::system_clock::now());
  }
  Json items = Json::array();
  for (const Json& object : objects) {
    items.push_back(as.shape == Shape::kMetadata ? PartialMetadata(object) : object);
  }
  if (as.shape == Shape::kMetadata) {
    return {{"kind", "PartialObjectMetadataList"},
            {"apiVersion", "meta.k8s.io/v1"},
            {"metadata", metadata},
            {"items", std::move(items)}};
  }
  return {{"kind", type.kind + "List"},
          {"apiVersion", type.GroupVersion()},
          {"metadata", metadata},
          {"items", std::move(items)}};
}

}  // namespace schemaop::devcluster
