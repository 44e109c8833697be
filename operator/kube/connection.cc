#include "kube/connection.h"

#include <exception>
#include <httplib.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>

#include <fmt/format.h>

#include "kube/tunnel.h"

namespace schemaop {
namespace {

constexpr std::chrono::seconds kWriteTimeout{10};

// A peer that vanished without a word is found after 30 + 3 * 10 s of silence, or 60 s after
// unanswered data.
constexpr int kKeepAliveIdleSeconds = 30;
constexpr int kKeepAliveIntervalSeconds = 10;
constexpr int kKeepAliveProbes = 3;
constexpr int kUserTimeoutMilliseconds = 60000;

void SetOption(int socket, int level, int option, int value) {
  ::setsockopt(socket, level, option, &value, sizeof value);
}

void DetectDeadPeers(int socket) {
  SetOption(socket, SOL_SOCKET, SO_KEEPALIVE, 1);
  SetOption(socket, IPPROTO_TCP, TCP_KEEPIDLE, kKeepAliveIdleSeconds);
  SetOption(socket, IPPROTO_TCP, TCP_KEEPINTVL, kKeepAliveIntervalSeconds);
  SetOption(socket, IPPROTO_TCP, TCP_KEEPCNT, kKeepAliveProbes);
  SetOption(socket, IPPROTO_TCP, TCP_USER_TIMEOUT, kUserTimeoutMilliseconds);
}

// What the library would take for the server is the proxy when there is one.
httplib::Request ToLibrary(const Route& route, const HttpRequest& request) {
  httplib::Request out;
  out.method = request.method;
  out.path = request.target;
  out.headers.emplace("Host", HostAndPort(route.endpoint));
  if (route.proxy && !route.endpoint.tls) {
    out.path = Origin(route.endpoint) + request.target;
    if (const std::string login = ProxyAuthorization(*route.proxy); !login.empty()) {
      out.headers.emplace("Proxy-Authorization", login);
    }
  }
  for (const auto& [name, value] : request.headers) out.headers.emplace(name, value);
  out.body = request.body;
  return out;
}

HttpHead HeadOf(const httplib::Response& response) {
  HttpHead head{.status = response.status,
                .retry_after = response.get_header_value("Retry-After"),
                .audit_id = response.get_header_value("Audit-Id"),
                .warnings = {}};
  for (std::size_t i = 0; i < response.get_header_value_count("Warning"); ++i) {
    head.warnings.push_back(response.get_header_value("Warning", i));
  }
  return head;
}

}  // namespace

ErrorCode CodeOf(TransportError::Kind kind) {
  return kind == TransportError::Kind::kInternal ? ErrorCode::kInternal : ErrorCode::kUnavailable;
}

struct Connection::Impl {
  Route route;
  ConnectionTimeouts timeouts;
  int epoch = 0;
  TlsHandshake handshake;
  std::string tunnel_failure;  // why the proxy gave no way
  SocketHandle socket;
  std::unique_ptr<httplib::ClientImpl> client;

  Result<void> Open(const TlsSettings& tls);
  bool Tunnel(int fd);
  TransportError Describe(httplib::Error error, bool abandoned) const;
  TransportError DescribeNoConnection() const;
};

bool Connection::Impl::Tunnel(int fd) {
  const auto opened = OpenTunnel(fd, *route.proxy, route.endpoint, timeouts.connect);
  if (!opened) tunnel_failure = opened.error().message;
  return opened.has_value();
}

Result<void> Connection::Impl::Open(const TlsSettings& tls) {
  const std::string& host = route.proxy ? route.proxy->host : route.endpoint.host;
  const int port = route.proxy ? route.proxy->port : route.endpoint.port;
  if (route.endpoint.tls) {
    auto secure = std::make_unique<httplib::SSLClient>(host, port);
    if (!secure->is_valid()) return Fail(ErrorCode::kInternal, "OpenSSL gives no TLS context");
    if (auto set = ConfigureTls(secure->ssl_context(), tls, &handshake); !set) return set;
    if (route.proxy) handshake.before = [this](int fd) { return Tunnel(fd); };
    // The library's own check trusts the system's authorities beside ours and accepts common names.
    secure->enable_server_certificate_verification(false);
    client = std::move(secure);
  } else {
    client = std::make_unique<httplib::ClientImpl>(host, port);
  }
  client->set_connection_timeout(timeouts.connect);
  client->set_read_timeout(timeouts.read);
  client->set_write_timeout(kWriteTimeout);
  client->set_keep_alive(true);
  client->set_tcp_nodelay(true);
  client->set_url_encode(false);
  client->set_socket_options([this](int fd) {
    DetectDeadPeers(fd);
    socket.Refer(fd);
  });
  return {};
}

TransportError Connection::Impl::Describe(httplib::Error error, bool abandoned) const {
  using Kind = TransportError::Kind;
  const std::string origin = Origin(route.endpoint);
  if (abandoned) return {Kind::kAbandoned, "the answer was abandoned"};
  if (!tunnel_failure.empty()) return {Kind::kProxy, tunnel_failure};
  if (!handshake.failure.empty()) {
    return {Kind::kTls,
            fmt::format("{} is not trusted: {}; check certificate-authority and tls-server-name",
                        origin, handshake.failure)};
  }
  switch (error) {
    case httplib::Error::Connection:
    case httplib::Error::ConnectionTimeout:
    case httplib::Error::BindIPAddress:
      return DescribeNoConnection();
    case httplib::Error::SSLConnection:
    case httplib::Error::SSLLoadingCerts:
    case httplib::Error::SSLServerVerification:
      return {Kind::kTls,
              fmt::format("TLS handshake with {} failed; check that it speaks https", origin)};
    default:
      // TLS 1.3 reports a refused client certificate only after the handshake, as a closed
      // connection.
      return {Kind::kLost,
              fmt::format("connection to {} was lost{}", origin,
                          route.endpoint.tls ? "; if it always is, check client-certificate" : "")};
  }
}

TransportError Connection::Impl::DescribeNoConnection() const {
  const std::string origin = Origin(route.endpoint);
  if (!route.proxy) {
    return {TransportError::Kind::kConnect,
            fmt::format("cannot connect to {}; check that the API server runs there", origin)};
  }
  return {TransportError::Kind::kProxy,
          fmt::format("cannot connect to proxy {} on the way to {}; check proxy-url, HTTPS_PROXY "
                      "and NO_PROXY",
                      ProxyName(*route.proxy), origin)};
}

Connection::Connection(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}

Connection::~Connection() = default;

Result<std::unique_ptr<Connection>> Connection::Create(const Route& route, const TlsSettings& tls,
                                                       ConnectionTimeouts timeouts, int epoch) {
  auto impl = std::make_unique<Impl>();
  impl->route = route;
  impl->timeouts = timeouts;
  impl->epoch = epoch;
  if (auto opened = impl->Open(tls); !opened) return Fail(std::move(opened).error());
  return std::unique_ptr<Connection>(new Connection(std::move(impl)));
}

tl::expected<HttpHead, TransportError> Connection::Send(
    const HttpRequest& request, const std::function<bool(const HttpHead&)>& on_head,
    const std::function<bool(std::string_view)>& on_body) {
  httplib::Request out = ToLibrary(impl_->route, request);
  httplib::Response response;
  httplib::Error error = httplib::Error::Success;
  bool abandoned = false;
  const auto keep_going = [&](bool wanted) {
    abandoned = abandoned || !wanted;
    return wanted;
  };
  out.response_handler = [&](const httplib::Response& head) {
    return keep_going(on_head(HeadOf(head)));
  };
  out.content_receiver = [&](const char* data, std::size_t size, std::uint64_t, std::uint64_t) {
    return keep_going(on_body({data, size}));
  };
  impl_->handshake.failure.clear();
  impl_->tunnel_failure.clear();
  try {
    if (impl_->client->send(out, response, error)) return HeadOf(response);
  } catch (const std::exception& exception) {
    return tl::unexpected(TransportError{TransportError::Kind::kInternal, exception.what()});
  }
  return tl::unexpected(impl_->Describe(error, abandoned));
}

SocketHandle& Connection::socket() { return impl_->socket; }

int Connection::epoch() const { return impl_->epoch; }

}  // namespace schemaop
