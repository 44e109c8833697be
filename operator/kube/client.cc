#include "kube/client.h"

#include <algorithm>
#include <condition_variable>
#include <mutex>
#include <utility>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "kube/api_call.h"
#include "kube/call_log.h"
#include "kube/connection_pool.h"
#include "kube/credential_source.h"
#include "kube/retry_policy.h"
#include "kube/route.h"
#include "kube/watch_answer.h"
#include "kube/watchdog.h"

namespace schemaop {
namespace {

using Clock = std::chrono::steady_clock;
using nlohmann::json;

constexpr std::chrono::seconds kWatchGrace{30};
// Silence must not end a request before the watchdog does: it knows the reason.
constexpr std::chrono::seconds kWatchdogGrace{60};

using Headers = std::vector<std::pair<std::string, std::string>>;

// What came back of one attempt: an answer of any status, or `error`.
struct Answer {
  HttpHead head;
  std::string body;
  bool lost = false;
  bool tls_renewed = false;
  bool too_large = false;
  Credential credential;  // what was sent
  std::optional<Error> error;
};

bool IsSuccess(int http_status) { return http_status >= 200 && http_status < 300; }

Error Cancelled() { return {ErrorCode::kCancelled, "told to stop"}; }

// False when `stop` came before `until`.
bool SleepUntil(Clock::time_point until, std::stop_token stop) {
  std::mutex mutex;
  std::condition_variable_any never;
  std::unique_lock lock(mutex);
  never.wait_until(lock, stop, until, [] { return false; });
  return !stop.stop_requested();
}

}  // namespace

struct KubeClient::Impl {
  Impl(const KubeConfig& config, Route route, TlsSettings tls, Headers impersonate,
       KubeClientOptions client_options)
      : options(std::move(client_options)),
        host(HostAndPort(route.endpoint)),
        impersonation(std::move(impersonate)),
        credentials(config),
        log(options.logger),
        pool(std::move(route), std::move(tls),
             {config.ca_file, config.client_certificate_file, config.client_key_file},
             {.read = options.deadline + kWatchdogGrace}) {}

  Result<Credential> Authenticate(Clock::time_point deadline, const std::stop_token& stop);
  HttpRequest Prepare(const ApiCall& call, const Credential& credential) const;
  Result<void> MayWrite(const ApiCall& call) const;
  void Report(const ApiCall& call, int http_status, Clock::time_point began, int attempt) const;
  Answer Attempt(const ApiCall& call, Clock::time_point deadline, std::stop_token stop);
  Answer Exchange(Connection& connection, const HttpRequest& request, std::size_t most_bytes,
                  Clock::time_point deadline, std::stop_token stop);
  void NoteFailure(const TransportError& transport, int epoch, Answer& answer);
  Error Explain(const TransportError& transport, Clock::time_point deadline,
                std::stop_token stop) const;
  ApiResult<std::string> Perform(const ApiCall& call, std::stop_token stop);
  // `used` becomes what was sent.
  ApiResult<void> WatchOnce(const ApiCall& call, Credential& used, std::chrono::seconds timeout,
                            const std::function<bool(std::string_view)>& on_line,
                            std::stop_token stop);

  const KubeClientOptions options;
  const std::string host;
  const Headers impersonation;
  CredentialSource credentials;
  CallLog log;
  ConnectionPool pool;
  Watchdog watchdog;
};

Result<Credential> KubeClient::Impl::Authenticate(Clock::time_point deadline,
                                                  const std::stop_token& stop) {
  Result<Credential> credential = credentials.Get(stop, deadline);
  if (!credential || credential->client_certificate.empty()) return credential;
  if (auto presented = pool.Present(credential->client_certificate, credential->client_key);
      !presented) {
    return Fail(WithContext(std::move(presented).error(), "credential plugin"));
  }
  return credential;
}

HttpRequest KubeClient::Impl::Prepare(const ApiCall& call, const Credential& credential) const {
  HttpRequest request;
  request.method = call.method;
  request.target = pool.endpoint().path_prefix + call.path;
  request.body = call.body;
  request.headers = {{"Accept", std::string(call.accept)}, {"User-Agent", options.user_agent}};
  request.headers.insert(request.headers.end(), impersonation.begin(), impersonation.end());
  if (call.compressed) request.headers.emplace_back("Accept-Encoding", "gzip");
  if (!call.content_type.empty()) request.headers.emplace_back("Content-Type", call.content_type);
  // A header of the request, never a setting of the connection: the library sends those to proxies
  // too.
  if (!credential.token.empty()) {
    request.headers.emplace_back("Authorization", "Bearer " + credential.token);
  }
  return request;
}

Result<void> KubeClient::Impl::MayWrite(const ApiCall& call) const {
  if (!options.may_write || call.method == "GET") return {};
  return options.may_write();
}

void KubeClient::Impl::Report(const ApiCall& call, int http_status, Clock::time_point began,
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

// A handshake fails when certificates were rotated, and TLS 1.3 reports a refused certificate of
// ours as a lost connection.
void KubeClient::Impl::NoteFailure(const TransportError& transport, int epoch, Answer& answer) {
  using Kind = TransportError::Kind;
  answer.lost = transport.kind == Kind::kLost;
  if (transport.kind != Kind::kTls && transport.kind != Kind::kLost) return;
  const bool renewed = pool.Reread(epoch);
  answer.tls_renewed = renewed && transport.kind == Kind::kTls;
}

Answer KubeClient::Impl::Exchange(Connection& connection, const HttpRequest& request,
                                  std::size_t most_bytes, Clock::time_point deadline,
                                  std::stop_token stop) {
  Answer answer;
  const Watchdog::Guard guard(watchdog, connection.socket(), deadline, stop);
  const auto sent = connection.Send(
      request, [&](const HttpHead&) { return !stop.stop_requested(); },
      [&](std::string_view piece) {
        answer.too_large = answer.body.size() + piece.size() > most_bytes;
        if (answer.too_large || stop.stop_requested()) return false;
        answer.body += piece;
        return true;
      });
  if (sent) {
    answer.head = *sent;
  } else if (answer.too_large) {
    answer.error =
        Error{ErrorCode::kRejected, fmt::format("the answer is larger than {} bytes", most_bytes)};
  } else {
    NoteFailure(sent.error(), connection.epoch(), answer);
    answer.error = Explain(sent.error(), deadline, stop);
  }
  return answer;
}

Answer KubeClient::Impl::Attempt(const ApiCall& call, Clock::time_point deadline,
                                 std::stop_token stop) {
  Result<Credential> credential = Authenticate(deadline, stop);
  if (!credential) return {.error = std::move(credential).error()};
  auto connection = pool.Take();
  if (!connection) return {.error = std::move(connection).error()};
  // As late as possible: a plugin may have taken its time for the credential.
  if (auto may = MayWrite(call); !may) {
    pool.GiveBack(*std::move(connection));
    return {.error = std::move(may).error()};
  }
  // Lists alone are read compressed.
  const std::size_t most = call.compressed ? options.max_list_bytes : options.max_object_bytes;
  Answer answer =
      Exchange(**connection, Prepare(call, *credential), most, deadline, std::move(stop));
  answer.credential = *std::move(credential);
  if (!answer.error) {
    pool.GiveBack(*std::move(connection));
  } else {
    pool.Clear();
  }
  return answer;
}

ApiResult<std::string> KubeClient::Impl::Perform(const ApiCall& call, std::stop_token stop) {
  const Clock::time_point deadline = Clock::now() + options.deadline;
  RetryBudget budget;
  for (int attempt = 0;; ++attempt) {
    if (stop.stop_requested()) return tl::unexpected(NoAnswer(Cancelled(), call));
    const Clock::time_point began = Clock::now();
    Answer answer = Attempt(call, deadline, stop);
    Report(call, answer.head.status, began, attempt);
    if (!answer.error) log.Answered(RequestName(call), answer.head);
    if (!answer.error && IsSuccess(answer.head.status)) return std::move(answer.body);
    ApiError error = answer.error ? NoAnswer(*std::move(answer.error), call)
                                  : DecodeApiError(answer.head.status, answer.body,
                                                   answer.head.retry_after, RequestName(call));
    error.too_large = answer.too_large;
    std::optional<std::chrono::seconds> wait;
    if (!answer.head.retry_after.empty()) wait = error.retry_after;
    switch (NextRetry(call.method, {answer.head.status, wait, answer.lost, answer.tls_renewed},
                      budget)) {
      case RetryAction::kGiveUp:
        return tl::unexpected(error);
      case RetryAction::kNow:
        if (Clock::now() >= deadline) return tl::unexpected(error);
        break;
      case RetryAction::kNowWithNewToken:
        if (!credentials.Refused(answer.credential)) return tl::unexpected(error);
        break;
      case RetryAction::kAfterWait:
        if (Clock::now() + *wait >= deadline) return tl::unexpected(error);
        if (!SleepUntil(Clock::now() + *wait, stop))
          return tl::unexpected(NoAnswer(Cancelled(), call));
        break;
    }
  }
}

ApiResult<void> KubeClient::Impl::WatchOnce(const ApiCall& call, Credential& used,
                                            std::chrono::seconds timeout,
                                            const std::function<bool(std::string_view)>& on_line,
                                            std::stop_token stop) {
  const Clock::time_point head_by = Clock::now() + options.deadline;
  const auto credential = Authenticate(head_by, stop);
  if (!credential) return tl::unexpected(NoAnswer(credential.error(), call));
  used = *credential;
  auto connection = pool.Make(timeout + kWatchGrace);
  if (!connection) return tl::unexpected(NoAnswer(std::move(connection).error(), call));
  const Clock::time_point began = Clock::now();
  WatchAnswer answer(options.max_watch_line_bytes, on_line);
  Watchdog::Guard guard(watchdog, (*connection)->socket(), head_by, stop);
  const auto sent = (*connection)
                        ->Send(
                            Prepare(call, *credential),
                            [&](const HttpHead& head) {
                              answer.OnHead(head);
                              guard.ForgetDeadline();
                              Report(call, head.status, began, 0);
                              log.Answered(RequestName(call), head);
                              return !stop.stop_requested();
                            },
                            [&](std::string_view piece) {
                              return !stop.stop_requested() && answer.OnPiece(piece);
                            });
  if (!answer.HasHead()) Report(call, 0, began, 0);
  if (stop.stop_requested() && !answer.IsDeclined()) {
    return tl::unexpected(NoAnswer(Cancelled(), call));
  }
  if (!sent && !answer.IsDeclined()) (void)pool.Reread((*connection)->epoch());
  if (!sent && !answer.HasHead()) {
    return tl::unexpected(NoAnswer(Explain(sent.error(), head_by, stop), call));
  }
  return answer.Conclude(RequestName(call), sent ? nullptr : &sent.error());
}

KubeClient::KubeClient(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}

KubeClient::~KubeClient() = default;

Result<std::unique_ptr<KubeClient>> KubeClient::Create(KubeConfig config,
                                                       KubeClientOptions options) {
  Result<Route> route = RouteTo(config, ReadProxyEnvironment());
  if (!route) return Fail(std::move(route).error());
  const Endpoint& endpoint = route->endpoint;
  auto impersonation = ImpersonationHeaders(config.impersonation);
  if (!impersonation) return Fail(std::move(impersonation).error());
  TlsSettings tls{.ca_certificates = config.ca_certificates,
                  .client_certificate = config.client_certificate,
                  .client_key = config.client_key,
                  .server_name = config.server_name.empty() ? endpoint.host : config.server_name,
                  .insecure_skip_verify = config.insecure_skip_tls_verify};
  if (endpoint.tls) {
    if (auto usable = CheckTlsSettings(tls); !usable) {
      return Fail(WithContext(std::move(usable).error(), "server " + Origin(endpoint)));
    }
  }
  const auto printable = [](char c) { return c > ' ' && c < '\x7f'; };
  if (!std::all_of(config.token.begin(), config.token.end(), printable)) {
    return Fail(ErrorCode::kInvalid,
                "the token for server " + Origin(endpoint) + " holds spaces or control characters");
  }
  return std::unique_ptr<KubeClient>(new KubeClient(std::make_unique<Impl>(
      config, *std::move(route), std::move(tls), *std::move(impersonation), std::move(options))));
}

ApiResult<json> KubeClient::Get(const std::string& path, std::stop_token stop) {
  const ApiCall call{.method = "GET", .path = path};
  return ParseAnswer(impl_->Perform(call, std::move(stop)), call);
}

ApiResult<std::string> KubeClient::GetList(const std::string& path, Representation representation,
                                           std::stop_token stop) {
  return impl_->Perform(
      {.method = "GET", .path = path, .compressed = true, .accept = AcceptedLists(representation)},
      std::move(stop));
}

ApiResult<json> KubeClient::Create(const std::string& path, const json& object,
                                   std::stop_token stop) {
  const ApiCall call{"POST", path, "application/json", RequestBody(object)};
  return ParseAnswer(impl_->Perform(call, std::move(stop)), call);
}

ApiResult<json> KubeClient::Update(const std::string& path, const json& object,
                                   std::stop_token stop) {
  const ApiCall call{"PUT", path, "application/json", RequestBody(object)};
  return ParseAnswer(impl_->Perform(call, std::move(stop)), call);
}

ApiResult<json> KubeClient::Patch(const std::string& path, PatchType type, const json& patch,
                                  std::stop_token stop) {
  const ApiCall call{"PATCH", path, std::string(PatchContentType(type)), RequestBody(patch)};
  return ParseAnswer(impl_->Perform(call, std::move(stop)), call);
}

ApiResult<void> KubeClient::Watch(const std::string& path, Representation representation,
                                  std::chrono::seconds timeout,
                                  const std::function<bool(std::string_view)>& on_line,
                                  std::stop_token stop) {
  const ApiCall call{.method = "GET", .path = path, .accept = AcceptedObjects(representation)};
  Credential used;
  ApiResult<void> watched = impl_->WatchOnce(call, used, timeout, on_line, stop);
  if (!watched && watched.error().http_status == 401 && impl_->credentials.Refused(used)) {
    watched = impl_->WatchOnce(call, used, timeout, on_line, stop);
  }
  return watched;
}

}  // namespace schemaop
