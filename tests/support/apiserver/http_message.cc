#include "tests/support/apiserver/http_message.h"

namespace schemaop::devcluster {

std::string HttpRequest::Query(const std::string& name) const {
  const auto found = query.find(name);
  return found == query.end() ? "" : found->second;
}

bool HttpRequest::QueryFlag(const std::string& name) const {
  const auto found = query.find(name);
  return found != query.end() &&
         (found->second.empty() || found->second == "1" || found->second == "true");
}

}  // namespace schemaop::devcluster
