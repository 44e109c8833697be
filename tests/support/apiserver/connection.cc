#include "tests/support/apiserver/connection.h"

#include <cerrno>
#include <cstring>
#include <poll.h>
#include <sys/socket.h>

namespace schemaop::devcluster {
namespace {

// How long a client may take between two pieces of one request.
constexpr int kReadTimeoutMs = 30'000;

bool WaitFor(int socket, short events, int timeout_ms) {
  pollfd poll_for{socket, events, 0};
  int ready = 0;
  do {
    ready = ::poll(&poll_for, 1, timeout_ms);
  } while (ready < 0 && errno == EINTR);
  return ready > 0;
}

}  // namespace

bool ConnectionStream::Fill() {
  begin_ = end_ = 0;
  ssize_t got = 0;
  do {
    got = ::recv(socket_, buffer_.data(), buffer_.size(), 0);
  } while (got < 0 && errno == EINTR);
  if (got <= 0) return false;
  end_ = static_cast<std::size_t>(got);
  return true;
}

bool ConnectionStream::WaitForRequest(int timeout_ms) {
  if (begin_ < end_) return true;
  return WaitFor(socket_, POLLIN, timeout_ms) && Fill();
}

bool ConnectionStream::is_readable() const {
  return begin_ < end_ || WaitFor(socket_, POLLIN, kReadTimeoutMs);
}

bool ConnectionStream::is_writable() const {
  pollfd poll_for{socket_, POLLOUT | POLLRDHUP, 0};
  if (::poll(&poll_for, 1, 0) < 0) return false;
  return (poll_for.revents & (POLLRDHUP | POLLHUP | POLLERR)) == 0;
}

ssize_t ConnectionStream::read(char* data, std::size_t size) {
  if (begin_ == end_ && !WaitForRequest(kReadTimeoutMs)) return -1;
  const std::size_t count = std::min(size, end_ - begin_);
  std::memcpy(data, buffer_.data() + begin_, count);
  begin_ += count;
  return static_cast<ssize_t>(count);
}

ssize_t ConnectionStream::write(const char* data, std::size_t size) {
  std::size_t sent = 0;
  while (sent < size) {
    const ssize_t now = ::send(socket_, data + sent, size - sent, MSG_NOSIGNAL);
    if (now < 0 && errno == EINTR) continue;
    if (now <= 0) return -1;
    sent += static_cast<std::size_t>(now);
  }
  return static_cast<ssize_t>(sent);
}

void ConnectionStream::get_remote_ip_and_port(std::string& ip, int& port) const {
  ip = "127.0.0.1";
  port = 0;
}

void ConnectionStream::get_local_ip_and_port(std::string& ip, int& port) const {
  ip = "127.0.0.1";
  port = 0;
}

}  // namespace schemaop::devcluster
