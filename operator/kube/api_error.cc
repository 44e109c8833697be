#include "kube/api_error.h"

#include <algorithm>
#include <charconv>
#include <cstdint>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "base/text.h"

namespace schemaop {
namespace {

using nlohmann::json;

constexpr std::size_t kQuotedBytes = 200;

// Nobody waits longer for what a server asks, and a clock may be added to it.
constexpr std::chrono::seconds kMostRetryAfter = std::chrono::hours(24);

ErrorCode CodeOf(int http_status) {
  switch (http_status) {
    case 401:
    case 403:
      return ErrorCode::kDenied;
    case 404:
      return ErrorCode::kNotFound;
    case 409:
      return ErrorCode::kConflict;
    case 400:
    case 410:
    case 422:
      return ErrorCode::kInvalid;
    case 429:
      return ErrorCode::kUnavailable;
    default:
      return http_status >= 400 && http_status < 500 ? ErrorCode::kRejected
                                                     : ErrorCode::kUnavailable;
  }
}

// Of an answer that is no Status: a proxy's, which knows nothing of the objects asked for, or an
// API server's own where it does not know the path.
ErrorCode CodeWithoutStatus(int http_status) {
  return http_status == 401 || http_status == 403 ? ErrorCode::kDenied : ErrorCode::kUnavailable;
}

std::string TextMember(const json& object, const char* name) {
  const auto member = object.find(name);
  return member != object.end() && member->is_string() ? member->get<std::string>() : std::string();
}

std::optional<std::chrono::seconds> ParseSeconds(std::string_view text) {
  std::int64_t seconds = 0;
  const char* const end = text.data() + text.size();
  const auto [at, error] = std::from_chars(text.data(), end, seconds);
  if (error == std::errc::result_out_of_range && at == end && !text.starts_with('-')) {
    return kMostRetryAfter;
  }
  if (error != std::errc() || at != end || seconds < 0) return std::nullopt;
  return std::min(std::chrono::seconds(seconds), kMostRetryAfter);
}

void ReadDetails(const json& status, ApiError& error) {
  const auto details = status.find("details");
  if (details == status.end() || !details->is_object()) return;
  const auto causes = details->find("causes");
  if (causes != details->end() && causes->is_array()) {
    for (const json& cause : *causes) {
      if (cause.is_object()) error.causes.push_back(TextMember(cause, "reason"));
    }
  }
  const auto seconds = details->find("retryAfterSeconds");
  if (!error.retry_after && seconds != details->end() && seconds->is_number_integer() &&
      seconds->get<std::int64_t>() > 0) {
    error.retry_after =
        std::min(std::chrono::seconds(seconds->get<std::int64_t>()), kMostRetryAfter);
  }
}

bool IsStatus(const json& document) {
  return document.is_object() && TextMember(document, "kind") == "Status";
}

// Fills what a Status says into `error`, whose http_status is set.
void ReadStatus(const json& status, std::string_view request, ApiError& error) {
  error.reason = TextMember(status, "reason");
  ReadDetails(status, error);
  const std::string message = TextMember(status, "message");
  error.error = {
      CodeOf(error.http_status),
      fmt::format("{}: {}{}{}{}{}", request, error.http_status, error.reason.empty() ? "" : " ",
                  error.reason, message.empty() ? "" : ": ", message)};
}

bool HasCause(const ApiError& error, std::string_view cause) {
  return std::find(error.causes.begin(), error.causes.end(), cause) != error.causes.end();
}

}  // namespace

bool IsExpired(const ApiError& error) {
  return error.http_status == 410 || error.reason == "Expired" || error.reason == "Gone";
}

bool IsResourceVersionTooLarge(const ApiError& error) {
  return HasCause(error, "ResourceVersionTooLarge");
}

bool IsNamespaceTerminating(const ApiError& error) {
  return HasCause(error, "NamespaceTerminating");
}

ApiError DecodeApiError(int http_status, std::string_view body, std::string_view retry_after,
                        std::string_view request) {
  ApiError error;
  error.http_status = http_status;
  error.retry_after = ParseSeconds(Trim(retry_after));
  const json document = json::parse(body, nullptr, /*allow_exceptions=*/false);
  if (IsStatus(document)) {
    ReadStatus(document, request, error);
    return error;
  }
  const std::string quoted = Truncate(Trim(body), kQuotedBytes);
  error.error = {
      CodeWithoutStatus(http_status),
      fmt::format("{}: {}, and the answer is no Kubernetes Status{}", request, http_status,
                  quoted.empty() ? std::string() : ": " + JsonQuote(quoted))};
  return error;
}

ApiError NoAnswer(Error error, std::string_view request) {
  ApiError api_error;
  api_error.error = WithContext(std::move(error), request);
  return api_error;
}

ApiError DecodeStatusObject(const json& status, std::string_view request) {
  ApiError error;
  if (!status.is_object()) {
    error.http_status = 500;
    error.error = {ErrorCode::kUnavailable, fmt::format("{}: an error without a Status", request)};
    return error;
  }
  const auto code = status.find("code");
  error.http_status = code != status.end() && code->is_number_integer() ? code->get<int>() : 500;
  ReadStatus(status, request, error);
  return error;
}

}  // namespace schemaop
