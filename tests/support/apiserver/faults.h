// Faults on purpose, so that clients can be tested against them.
#pragma once

#include <chrono>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

namespace schemaop::devcluster {

// Answers requests with an error instead of handling them.
struct FaultRule {
  std::string method;              // "" matches every method; a watch is "WATCH"
  std::string path_part;           // a part of the path; "" matches every path
  int code = 500;                  // also 410: the real one's text and reason
  int times = 1;                   // how many requests; -1: until Clear()
  std::optional<int> retry_after;  // seconds
  std::chrono::milliseconds latency{
      0};                           // before answering; with code 0 the request is then handled
  std::optional<std::string> page;  // the body, as of a proxy, in place of a Status
};

// Safe from any thread.
class Faults {
 public:
  void Add(FaultRule rule);
  void Clear();
  // The rule this request falls under, used up by one.
  std::optional<FaultRule> Take(const std::string& method, const std::string& path);

 private:
  std::mutex mutex_;
  std::vector<FaultRule> rules_;
};

}  // namespace schemaop::devcluster
