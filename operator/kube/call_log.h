// What an API server says beside its answers: warnings for people, and the number under which its
// audit log has a call.
#pragma once

#include <mutex>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/logger.h"
#include "kube/connection.h"

namespace schemaop {

// The texts of the warnings in one Warning header (RFC 7234, 5.5: code 299, as API servers send
// them); what is not one is passed over.
std::vector<std::string> ParseWarnings(std::string_view header);

// Thread-safe.
class CallLog {
 public:
  // Empty: nothing is logged.
  explicit CallLog(std::optional<Logger> logger) : logger_(std::move(logger)) {}

  // Logs what `head` warns of, each text once, and, when it is of a refused call, its Audit-Id: at
  // info, or at debug where a refusal is a part of normal work (404, 409, 410).
  void Answered(const std::string& request, const HttpHead& head);

 private:
  bool IsNew(const std::string& warning);

  const std::optional<Logger> logger_;
  std::mutex mutex_;
  std::set<std::string> warned_;
};

}  // namespace schemaop
