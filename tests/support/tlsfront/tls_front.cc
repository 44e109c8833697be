#include "tlsfront/tls_front.h"

#include <algorithm>
#include <stdexcept>
#include <sys/socket.h>
#include <unistd.h>
#include <utility>

#include <openssl/ssl.h>

namespace schemaop::testing {
namespace {

struct SslFree {
  void operator()(SSL* ssl) const { SSL_free(ssl); }
};
struct ContextFree {
  void operator()(SSL_CTX* context) const { SSL_CTX_free(context); }
};
using Ssl = std::unique_ptr<SSL, SslFree>;
using SslContext = std::unique_ptr<SSL_CTX, ContextFree>;

// Records that are no data must not block a relay.
SslContext NewContext(const SSL_METHOD* method) {
  SslContext context(SSL_CTX_new(method));
  SSL_CTX_clear_mode(context.get(), SSL_MODE_AUTO_RETRY);
  return context;
}

}  // namespace

struct TlsFront::Context {
  SslContext serving = NewContext(TLS_server_method());
  SslContext backend = NewContext(TLS_client_method());
};

TlsFront::TlsFront(int backend_port, Backend backend, const Certificates& certificates)
    : backend_port_(backend_port), backend_(backend) {
  Use(certificates);
  listener_ = ListenOnLoopback();
  acceptor_ = std::jthread([this] { Serve(); });
}

TlsFront::~TlsFront() {
  ::shutdown(listener_.socket, SHUT_RDWR);
  acceptor_.join();
  EndConnections();
  talks_.clear();
  ::close(listener_.socket);
}

void TlsFront::Use(const Certificates& certificates) {
  auto context = std::make_shared<Context>();
  SSL_CTX* const serving = context->serving.get();
  if (SSL_CTX_use_certificate_chain_file(serving, certificates.certificate.c_str()) != 1 ||
      SSL_CTX_use_PrivateKey_file(serving, certificates.key.c_str(), SSL_FILETYPE_PEM) != 1 ||
      SSL_CTX_load_verify_locations(serving, certificates.client_authority.c_str(), nullptr) != 1) {
    throw std::runtime_error("unusable certificates");
  }
  SSL_CTX_set_verify(serving, SSL_VERIFY_PEER | SSL_VERIFY_FAIL_IF_NO_PEER_CERT, nullptr);
  {
    const std::lock_guard lock(mutex_);
    context_ = std::move(context);
  }
  EndConnections();
}

void TlsFront::EndConnections() {
  const std::lock_guard lock(mutex_);
  for (const int socket : open_) ::shutdown(socket, SHUT_RDWR);
}

void TlsFront::Serve() {
  while (true) {
    const int client = ::accept4(listener_.socket, nullptr, nullptr, SOCK_CLOEXEC);
    if (client < 0) return;
    const std::lock_guard lock(mutex_);
    open_.push_back(client);
    talks_.emplace_back([this, client, context = context_] { Talk(client, context); });
  }
}

void TlsFront::Talk(int client, std::shared_ptr<Context> context) {
  {
    Ssl ssl(SSL_new(context->serving.get()));
    SSL_set_fd(ssl.get(), client);
    int handshake = -1;
    do {
      handshake = SSL_accept(ssl.get());
    } while (handshake <= 0 && SSL_get_error(ssl.get(), handshake) == SSL_ERROR_WANT_READ);
    ++(handshake == 1 ? accepted_ : refused_);
    const int target = handshake == 1 ? DialLoopback(backend_port_) : -1;
    bool connected = target >= 0;
    Ssl backend;
    if (connected && backend_ == Backend::kTls) {
      backend.reset(SSL_new(context->backend.get()));
      SSL_set_fd(backend.get(), target);
      do {
        handshake = SSL_connect(backend.get());
      } while (handshake <= 0 && SSL_get_error(backend.get(), handshake) == SSL_ERROR_WANT_READ);
      connected = handshake == 1;
    }
    if (connected) Relay({client, ssl.get()}, {target, backend.get()});
    if (target >= 0) ::close(target);
  }
  const std::lock_guard lock(mutex_);
  open_.erase(std::find(open_.begin(), open_.end(), client));
  ::shutdown(client, SHUT_RDWR);
  ::close(client);
}

}  // namespace schemaop::testing
