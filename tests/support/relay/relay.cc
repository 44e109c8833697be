#include "relay/relay.h"

#include <arpa/inet.h>
#include <array>
#include <cstdint>
#include <netinet/in.h>
#include <poll.h>
#include <stdexcept>
#include <string_view>
#include <sys/socket.h>
#include <unistd.h>

#include <openssl/ssl.h>

namespace schemaop::testing {
namespace {

sockaddr_in Loopback(int port) {
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  address.sin_port = htons(static_cast<std::uint16_t>(port));
  return address;
}

bool HasPending(const RelayEnd& end) { return end.tls != nullptr && SSL_pending(end.tls) > 0; }

// How much is there, which may be nothing: not every record is data. -1 when the other side ended.
ssize_t Read(const RelayEnd& end, char* out, int size) {
  if (end.tls == nullptr) {
    const ssize_t got = ::recv(end.socket, out, static_cast<std::size_t>(size), 0);
    return got > 0 ? got : -1;
  }
  const int got = SSL_read(end.tls, out, size);
  if (got > 0) return got;
  return SSL_get_error(end.tls, got) == SSL_ERROR_WANT_READ ? 0 : -1;
}

bool Write(const RelayEnd& end, std::string_view bytes) {
  if (bytes.empty()) return true;
  const ssize_t sent = end.tls != nullptr
                           ? SSL_write(end.tls, bytes.data(), static_cast<int>(bytes.size()))
                           : ::send(end.socket, bytes.data(), bytes.size(), MSG_NOSIGNAL);
  return sent == static_cast<ssize_t>(bytes.size());
}

bool Pass(const RelayEnd& from, const RelayEnd& to) {
  std::array<char, 16384> block{};
  const ssize_t got = Read(from, block.data(), block.size());
  return got >= 0 && Write(to, {block.data(), static_cast<std::size_t>(got)});
}

}  // namespace

Listener ListenOnLoopback() {
  Listener listener{::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)};
  sockaddr_in address = Loopback(0);
  socklen_t size = sizeof address;
  auto* const generic = reinterpret_cast<sockaddr*>(&address);
  if (::bind(listener.socket, generic, size) != 0 || ::listen(listener.socket, 128) != 0 ||
      ::getsockname(listener.socket, generic, &size) != 0) {
    throw std::runtime_error("cannot listen on 127.0.0.1");
  }
  listener.port = ntohs(address.sin_port);
  return listener;
}

int DialLoopback(int port) {
  const int socket = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  const sockaddr_in address = Loopback(port);
  if (::connect(socket, reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0) {
    return socket;
  }
  ::close(socket);
  return -1;
}

void Relay(const RelayEnd& one, const RelayEnd& other) {
  std::array<pollfd, 2> ends{pollfd{one.socket, POLLIN, 0}, pollfd{other.socket, POLLIN, 0}};
  while (true) {
    const bool pending = HasPending(one) || HasPending(other);
    if (!pending && ::poll(ends.data(), ends.size(), -1) <= 0) return;
    if ((HasPending(one) || ends[0].revents != 0) && !Pass(one, other)) return;
    if ((HasPending(other) || ends[1].revents != 0) && !Pass(other, one)) return;
    ends[0].revents = ends[1].revents = 0;
  }
}

}  // namespace schemaop::testing
