// Requests and replies between the HTTP front and the API behind it.
#pragma once

#include <map>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace schemaop::devcluster {

class WatchStream;

struct HttpRequest {
  std::string method;
  std::string path;                               // decoded
  std::multimap<std::string, std::string> query;  // decoded
  std::string body;
  std::string content_type;
  std::string accept;
  std::string user_agent;
  std::string authorization;

  // The first value of a query parameter; "" when it is absent.
  std::string Query(const std::string& name) const;
  // "1", "true", or present without a value.
  bool QueryFlag(const std::string& name) const;
};

struct HttpReply {
  int code = 200;
  std::string content_type = "application/json";
  std::string body;
  std::vector<std::pair<std::string, std::string>> headers;
  std::shared_ptr<WatchStream> watch;  // when set, the body is its lines
};

}  // namespace schemaop::devcluster
