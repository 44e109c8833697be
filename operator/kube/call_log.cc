#include "kube/call_log.h"

#include <algorithm>
#include <cstddef>

namespace schemaop {
namespace {

constexpr std::size_t kMostWarnings = 256;
constexpr std::string_view kMiscellaneous = "299 ";

bool IsNormal(int http_status) {
  return http_status == 404 || http_status == 409 || http_status == 410;
}

// The quoted string `text` begins with, unquoted; moves `text` behind it.
std::optional<std::string> TakeQuoted(std::string_view& text) {
  if (!text.starts_with('"')) return std::nullopt;
  std::string out;
  for (std::size_t i = 1; i < text.size(); ++i) {
    if (text[i] == '"') {
      text.remove_prefix(i + 1);
      return out;
    }
    if (text[i] == '\\' && i + 1 < text.size()) ++i;
    out += text[i];
  }
  return std::nullopt;
}

}  // namespace

std::vector<std::string> ParseWarnings(std::string_view header) {
  std::vector<std::string> warnings;
  while (true) {
    header.remove_prefix(std::min(header.find_first_not_of(" ,\t"), header.size()));
    const std::size_t agent = header.find(' ');
    const std::size_t quote = header.find('"');
    if (agent == std::string_view::npos || quote == std::string_view::npos) return warnings;
    const bool ours = header.starts_with(kMiscellaneous);
    header.remove_prefix(quote);
    auto text = TakeQuoted(header);
    if (!text) return warnings;
    if (ours && !text->empty()) warnings.push_back(*std::move(text));
    // A date may follow.
    header.remove_prefix(std::min(header.find(','), header.size()));
  }
}

bool CallLog::IsNew(const std::string& warning) {
  const std::lock_guard lock(mutex_);
  return warned_.size() < kMostWarnings && warned_.insert(warning).second;
}

void CallLog::Answered(const std::string& request, const HttpHead& head) {
  if (!logger_) return;
  for (const std::string& header : head.warnings) {
    for (const std::string& warning : ParseWarnings(header)) {
      if (!IsNew(warning)) continue;
      logger_->Warning("the API server warns", {{"request", request}, {"warning", warning}});
    }
  }
  if (head.status < 400) return;
  const auto log = IsNormal(head.status) ? &Logger::Debug : &Logger::Info;
  ((*logger_).*log)(
      "the API server refused",
      {{"request", request}, {"http_status", head.status}, {"audit_id", head.audit_id}});
}

}  // namespace schemaop
