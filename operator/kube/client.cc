#include "kube/client.h"

#include <algorithm>
#include <condition_variable>
#include <mutex>
#include <utility>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "kube/connection_pool.h"
#include "kube/retry_policy.h"
#include "kube/token_source.h"
#include "kube/watch_decoder.h"
#include "kube/watchdog.h"

namespace schemaop {
namespace {

using Clock = std::chrono::steady_clock;
using nlohmann::json;

constexpr std::chrono::seconds kWatchGrace{30};
// Silence must not end a request before the watchdog does: it knows the reason.
constexpr std::chrono::seconds kWatchdogGrace{60};
constexpr std::size_t kMostErrorBytes = std::size_t{64} << 10U;

// One call of the API, before what every request gets.
struct Call {
  std::string_view method;
  const std::string& path;
  std::string content_type;
  std::string body;
  bool compressed = false;  // ask for gzip
};

// What came back of one attempt: an answer of any status, or `error`.
struct Answer {
  HttpHead head;
  std::string body;
  bool lost = false;
  std::optional<Error> error;
};

// "GET /apis/...", without the query: it holds nothing people look for.
std::string RequestName(const Call& call) {
  return fmt::format("{} {}", call.method,
                     std::string_view(call.path).substr(0, call.path.find('?')));
}

bool IsSuccess(int http_status) { return http_status >= 200 && http_status < 300; }

ApiError NoAnswer(Error error, const Call& call) {
  ApiError api_error;
  api_error.error = WithContext(std::move(error), RequestName(call));
  return api_error;
}

Error Cancelled() { return {ErrorCode::kCancelled, "told to stop"}; }

// False when `stop` came before `until`.
bool SleepUntil(Clock::time_point until, std::stop_token stop) {
  std::mutex mutex;
  std::condition_variable_any never;
  std::unique_lock lock(mutex);
  never.wait_until(lock, stop, until, [] { return false; });
  return !stop.stop_requested();
}

std::string_view ContentType(PatchType type) {
  switch (type) {
    case PatchType::kMerge:
      return "application/merge-patch+json";
    case PatchType::kJson:
      return "application/json-patch+json";
    case PatchType::kApply:
      return "application/apply-patch+yaml";
  }
  return "application/merge-patch+json";
}

// Malformed UTF-8 becomes U+FFFD: an error text of a database may hold any bytes.
std::string Dump(const json& document) {
  return document.dump(-1, ' ', false, json::error_handler_t::replace);
}

ErrorCode CodeOf(TransportError::Kind kind) {
  return kind == TransportError::Kind::kInternal ? ErrorCode::kInternal : ErrorCode::kUnavailable;
}

ApiResult<json> ParseBody(ApiResult<std::string> body, const Call& call) {
  if (!body) return tl::unexpected(std::move(body).error());
  json document = json::parse(*body, nullptr, /*allow_exceptions=*/false);
  if (document.is_discarded()) {
    return tl::unexpected(NoAnswer(
        {ErrorCode::kUnavailable, "the answer is not JSON; it was cut or comes from a proxy"},
        call));
  }
  return document;
}

// What a watch has received so far.
class WatchAnswer {
 public:
  WatchAnswer(std::size_t max_line_bytes, const std::function<bool(std::string_view)>& on_line)
      : max_line_bytes_(max_line_bytes), on_line_(on_line), lines_(max_line_bytes) {}

  void OnHead(const HttpHead& head) { head_ = head; }
  bool HasHead() const { return head_.status != 0; }
  bool IsDeclined() const { return outcome_ == LineSplitter::Outcome::kEnded; }

  // False when nothing more is wanted.
  bool OnPiece(std::string_view piece) {
    if (!IsSuccess(head_.status)) {
      refusal_ += piece.substr(0, kMostErrorBytes - std::min(refusal_.size(), kMostErrorBytes));
      return true;
    }
    outcome_ = lines_.Feed(piece, on_line_);
    return outcome_ == LineSplitter::Outcome::kMore;
  }

  // What it all meant; `lost` tells why the answer is not complete, when it is not.
  ApiResult<void> Conclude(const Call& call, const TransportError* lost) const {
    if (IsDeclined()) return {};
    if (outcome_ == LineSplitter::Outcome::kLineTooLong) {
      return tl::unexpected(NoAnswer(
          {ErrorCode::kRejected, fmt::format("an event is larger than {} bytes", max_line_bytes_)},
          call));
    }
    if (HasHead() && !IsSuccess(head_.status)) {
      return tl::unexpected(
          DecodeApiError(head_.status, refusal_, head_.retry_after, RequestName(call)));
    }
    if (lost != nullptr) return tl::unexpected(NoAnswer({CodeOf(lost->kind), lost->message}, call));
    if (lines_.HasPartialLine()) {
      return tl::unexpected(
          NoAnswer({ErrorCode::kUnavailable, "the watch was cut within an event"}, call));
    }
    return {};
  }

 private:
  const std::size_t max_line_bytes_;
  const std::function<bool(std::string_view)>& on_line_;
  LineSplitter lines_;
  HttpHead head_;
  std::string refusal_;
  LineSplitter::Outcome outcome_ = LineSplitter::Outcome::kMore;
};

}  // namespace

struct KubeClient::Impl {
  Impl(const KubeConfig& config, Endpoint endpoint, TlsSettings tls,
       KubeClientOptions client_options)
      : options(std::move(client_options)),
        host(HostAndPort(endpoint)),
        token(config.token, config.token_file),
        pool(std::move(endpoint), std::move(tls), config.ca_file,
             {.read = options.deadline + kWatchdogGrace}) {}

  Result<HttpRequest> Prepare(const Call& call);
  void Report(const Call& call, int http_status, Clock::time_point began, int attempt) const;
  Answer Attempt(const Call& call, Clock::time_point deadline, std::stop_token stop);
  Answer Exchange(Connection& connection, const HttpRequest& request, Clock::time_point deadline,
                  std::stop_token stop);
  Error Explain(const TransportError& transport, Clock::time_point deadline,
                std::stop_token stop) const;
  ApiResult<std::string> Perform(const Call& call, std::stop_token stop);
  ApiResult<void> WatchOnce(const Call& call, std::chrono::seconds timeout,
                            const std::function<bool(std::string_view)>& on_line,
                            std::stop_token stop);

  const KubeClientOptions options;
  const std::string host;
  TokenSource token;
  ConnectionPool pool;
  Watchdog watchdog;
};

Result<HttpRequest> KubeClient::Impl::Prepare(const Call& call) {
  Result<std::string> bearer = token.Get(Clock::now());
  if (!bearer) return Fail(std::move(bearer).error());
  HttpRequest request;
  request.method = call.method;
  request.target = pool.endpoint().path_prefix + call.path;
  request.body = call.body;
  request.headers = {{"Accept", "application/json"}, {"User-Agent", options.user_agent}};
  if (call.compressed) request.headers.emplace_back("Accept-Encoding", "gzip");
  if (!call.content_type.empty()) request.headers.emplace_back("Content-Type", call.content_type);
  // A header of the request, never a setting of the connection: the library sends those to proxies
  // too.
  if (!bearer->empty()) request.headers.emplace_back("Authorization", "Bearer " + *bearer);
  return request;
}

void KubeClient::Impl::Report(const Call& call, int http_status, Clock::time_point began,
                              int attempt) const {
  if (!options.on_request) return;
  options.on_request({call.method, host, http_status, Clock::now() - began, attempt});
}

Error KubeClient::Impl::Explain(const TransportError& transport, Clock::time_point deadline,
                                std::stop_token stop) const {
  if (stop.stop_requested()) return Cancelled();
  if (Clock::now() >= deadline) {
    return {ErrorCode::kUnavailable,
            fmt::format("no complete answer within {:.3g} s",
                        std::chrono::duration<double>(options.deadline).count())};
  }
  return {CodeOf(transport.kind), transport.message};
}

Answer KubeClient::Impl::Exchange(Connection& connection, const HttpRequest& request,
                                  Clock::time_point deadline, std::stop_token stop) {
  Answer answer;
  bool too_large = false;
  const Watchdog::Guard guard(watchdog, connection.socket(), deadline, stop);
  const auto sent = connection.Send(
      request, [&](const HttpHead&) { return !stop.stop_requested(); },
      [&](std::string_view piece) {
        too_large = answer.body.size() + piece.size() > options.max_response_bytes;
        if (too_large || stop.stop_requested()) return false;
        answer.body += piece;
        return true;
      });
  if (sent) {
    answer.head = *sent;
  } else if (too_large) {
    answer.error = Error{ErrorCode::kRejected, fmt::format("the answer is larger than {} bytes",
                                                           options.max_response_bytes)};
  } else {
    answer.lost = sent.error().kind == TransportError::Kind::kLost;
    answer.error = Explain(sent.error(), deadline, stop);
  }
  return answer;
}

Answer KubeClient::Impl::Attempt(const Call& call, Clock::time_point deadline,
                                 std::stop_token stop) {
  const Result<HttpRequest> request = Prepare(call);
  if (!request) return {.error = request.error()};
  auto connection = pool.Take();
  if (!connection) return {.error = std::move(connection).error()};
  Answer answer = Exchange(**connection, *request, deadline, std::move(stop));
  if (!answer.error) {
    pool.GiveBack(*std::move(connection));
  } else {
    pool.Clear();
  }
  return answer;
}

ApiResult<std::string> KubeClient::Impl::Perform(const Call& call, std::stop_token stop) {
  const Clock::time_point deadline = Clock::now() + options.deadline;
  RetryBudget budget;
  for (int attempt = 0;; ++attempt) {
    if (stop.stop_requested()) return tl::unexpected(NoAnswer(Cancelled(), call));
    const Clock::time_point began = Clock::now();
    Answer answer = Attempt(call, deadline, stop);
    Report(call, answer.head.status, began, attempt);
    if (!answer.error && IsSuccess(answer.head.status)) return std::move(answer.body);
    const ApiError error = answer.error
                               ? NoAnswer(*std::move(answer.error), call)
                               : DecodeApiError(answer.head.status, answer.body,
                                                answer.head.retry_after, RequestName(call));
    std::optional<std::chrono::seconds> wait;
    if (!answer.head.retry_after.empty()) wait = error.retry_after;
    switch (NextRetry(call.method, {answer.head.status, wait, answer.lost}, budget)) {
      case RetryAction::kGiveUp:
        return tl::unexpected(error);
      case RetryAction::kNow:
        if (Clock::now() >= deadline) return tl::unexpected(error);
        break;
      case RetryAction::kNowWithNewToken:
        if (!token.Expire()) return tl::unexpected(error);
        break;
      case RetryAction::kAfterWait:
        if (Clock::now() + *wait >= deadline) return tl::unexpected(error);
        if (!SleepUntil(Clock::now() + *wait, stop))
          return tl::unexpected(NoAnswer(Cancelled(), call));
        break;
    }
  }
}

ApiResult<void> KubeClient::Impl::WatchOnce(const Call& call, std::chrono::seconds timeout,
                                            const std::function<bool(std::string_view)>& on_line,
                                            std::stop_token stop) {
  const Result<HttpRequest> request = Prepare(call);
  if (!request) return tl::unexpected(NoAnswer(request.error(), call));
  auto connection = pool.Make(timeout + kWatchGrace);
  if (!connection) return tl::unexpected(NoAnswer(std::move(connection).error(), call));
  const Clock::time_point began = Clock::now();
  WatchAnswer answer(options.max_watch_line_bytes, on_line);
  const Watchdog::Guard guard(watchdog, (*connection)->socket(), Clock::time_point::max(), stop);
  const auto sent = (*connection)
                        ->Send(
                            *request,
                            [&](const HttpHead& head) {
                              answer.OnHead(head);
                              Report(call, head.status, began, 0);
                              return !stop.stop_requested();
                            },
                            [&](std::string_view piece) {
                              return !stop.stop_requested() && answer.OnPiece(piece);
                            });
  if (!answer.HasHead()) Report(call, 0, began, 0);
  if (stop.stop_requested() && !answer.IsDeclined()) {
    return tl::unexpected(NoAnswer(Cancelled(), call));
  }
  return answer.Conclude(call, sent ? nullptr : &sent.error());
}

KubeClient::KubeClient(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}

KubeClient::~KubeClient() = default;

Result<std::unique_ptr<KubeClient>> KubeClient::Create(KubeConfig config,
                                                       KubeClientOptions options) {
  Result<Endpoint> endpoint = ParseEndpoint(config.server);
  if (!endpoint) return Fail(std::move(endpoint).error());
  TlsSettings tls{.ca_certificates = config.ca_certificates,
                  .client_certificate = config.client_certificate,
                  .client_key = config.client_key,
                  .server_name = config.server_name.empty() ? endpoint->host : config.server_name,
                  .insecure_skip_verify = config.insecure_skip_tls_verify};
  if (endpoint->tls) {
    if (auto usable = CheckTlsSettings(tls); !usable) {
      return Fail(WithContext(std::move(usable).error(), "server " + Origin(*endpoint)));
    }
  }
  const auto printable = [](char c) { return c > ' ' && c < '\x7f'; };
  if (!std::all_of(config.token.begin(), config.token.end(), printable)) {
    return Fail(ErrorCode::kInvalid, "the token for server " + Origin(*endpoint) +
                                         " holds spaces or control characters");
  }
  return std::unique_ptr<KubeClient>(new KubeClient(
      std::make_unique<Impl>(config, *std::move(endpoint), std::move(tls), std::move(options))));
}

ApiResult<json> KubeClient::Get(const std::string& path, std::stop_token stop) {
  const Call call{.method = "GET", .path = path};
  return ParseBody(impl_->Perform(call, std::move(stop)), call);
}

ApiResult<std::string> KubeClient::GetText(const std::string& path, std::stop_token stop) {
  return impl_->Perform({.method = "GET", .path = path, .compressed = true}, std::move(stop));
}

ApiResult<json> KubeClient::Create(const std::string& path, const json& object,
                                   std::stop_token stop) {
  const Call call{"POST", path, "application/json", Dump(object)};
  return ParseBody(impl_->Perform(call, std::move(stop)), call);
}

ApiResult<json> KubeClient::Update(const std::string& path, const json& object,
                                   std::stop_token stop) {
  const Call call{"PUT", path, "application/json", Dump(object)};
  return ParseBody(impl_->Perform(call, std::move(stop)), call);
}

ApiResult<json> KubeClient::Patch(const std::string& path, PatchType type, const json& patch,
                                  std::stop_token stop) {
  const Call call{"PATCH", path, std::string(ContentType(type)), Dump(patch)};
  return ParseBody(impl_->Perform(call, std::move(stop)), call);
}

ApiResult<void> KubeClient::Watch(const std::string& path, std::chrono::seconds timeout,
                                  const std::function<bool(std::string_view)>& on_line,
                                  std::stop_token stop) {
  const Call call{.method = "GET", .path = path};
  ApiResult<void> watched = impl_->WatchOnce(call, timeout, on_line, stop);
  if (!watched && watched.error().http_status == 401 && impl_->token.Expire()) {
    watched = impl_->WatchOnce(call, timeout, on_line, stop);
  }
  return watched;
}

}  // namespace schemaop
