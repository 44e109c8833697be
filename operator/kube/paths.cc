#include "kube/paths.h"

namespace schemaop {

std::string PercentEncode(std::string_view text) {
  static constexpr std::string_view kUnreserved =
      "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~";
  static constexpr std::string_view kHex = "0123456789ABCDEF";
  std::string encoded;
  encoded.reserve(text.size());
  for (const char c : text) {
    if (kUnreserved.find(c) != std::string_view::npos) {
      encoded += c;
      continue;
    }
    const auto byte = static_cast<unsigned char>(c);
    encoded += '%';
    encoded += kHex[byte >> 4U];
    encoded += kHex[byte & 0xFU];
  }
  return encoded;
}

std::string CollectionPath(const ApiResource& resource, std::string_view namespace_name) {
  std::string path =
      resource.group.empty() ? "/api/" : "/apis/" + PercentEncode(resource.group) + "/";
  path += PercentEncode(resource.version);
  if (!namespace_name.empty()) path += "/namespaces/" + PercentEncode(namespace_name);
  return path + "/" + PercentEncode(resource.plural);
}

std::string ObjectPath(const ApiResource& resource, const ObjectKey& key) {
  return CollectionPath(resource, key.namespace_name) + "/" + PercentEncode(key.name);
}

std::string SubresourcePath(const ApiResource& resource, const ObjectKey& key,
                            std::string_view subresource) {
  return ObjectPath(resource, key) + "/" + PercentEncode(subresource);
}

std::string WithQuery(std::string path, const QueryParameters& parameters) {
  char separator = '?';
  for (const auto& [name, value] : parameters) {
    path += separator;
    path += PercentEncode(name) + "=" + PercentEncode(value);
    separator = '&';
  }
  return path;
}

}  // namespace schemaop
