// One HTTP connection to the API server: a request at a time, kept open between them.
#pragma once

#include <chrono>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <tl/expected.hpp>

#include "base/error.h"
#include "kube/route.h"
#include "kube/socket_handle.h"
#include "kube/tls.h"

namespace schemaop {

// What is sent. The connection adds Host and what the body needs, and nothing of the caller's.
struct HttpRequest {
  std::string method;
  std::string target;  // percent-encoded already; sent as it is
  std::vector<std::pair<std::string, std::string>> headers;
  std::string body;
};

// What of an answer's head anybody here reads.
struct HttpHead {
  int status = 0;
  std::string retry_after;            // of the header, as the next; empty: absent
  std::string audit_id;               // the call's number in the audit log
  std::vector<std::string> warnings;  // each Warning header's value
};

// Why no complete answer came.
struct TransportError {
  enum class Kind {
    kConnect,    // no connection: refused, unreachable, too slow, unknown host
    kProxy,      // the proxy gave no way to the server
    kTls,        // the handshake failed
    kLost,       // the connection broke after it was made
    kAbandoned,  // a callback said so
    kInternal,   // the HTTP library threw
  };
  Kind kind = Kind::kLost;
  std::string message;
};

// kUnavailable; a throwing library is kInternal.
ErrorCode CodeOf(TransportError::Kind kind);

struct ConnectionTimeouts {
  std::chrono::milliseconds connect{10000};  // also that of the TLS handshake and of a proxy
  std::chrono::milliseconds read{30000};     // silence
};

// Used by one thread at a time; socket() by any.
class Connection {
 public:
  // Nothing is sent before the first request. kInvalid when `tls` is unusable. An https server is
  // reached through a tunnel, so that its proxy sees no header; a proxy of an http server sees all
  // of them.
  static Result<std::unique_ptr<Connection>> Create(const Route& route, const TlsSettings& tls,
                                                    ConnectionTimeouts timeouts, int epoch = 0);
  ~Connection();
  Connection(const Connection&) = delete;
  Connection& operator=(const Connection&) = delete;

  // Sends `request`; `on_head` gets the answer's head, then `on_body` its pieces; either returning
  // false abandons the answer. After an error the connection must be dropped.
  tl::expected<HttpHead, TransportError> Send(const HttpRequest& request,
                                              const std::function<bool(const HttpHead&)>& on_head,
                                              const std::function<bool(std::string_view)>& on_body);

  SocketHandle& socket();

  // Whatever its maker called it.
  int epoch() const;

 private:
  struct Impl;
  explicit Connection(std::unique_ptr<Impl> impl);
  std::unique_ptr<Impl> impl_;
};

}  // namespace schemaop
