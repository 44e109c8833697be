#include "slow_line.h"

#include <array>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>
#include <unistd.h>

namespace schemaop::testing {

SlowLine::Way::Way(int from, int to, std::chrono::microseconds delay)
    : taking_([=, this] { TakeUp(from, delay); }), handing_([=, this] { HandOver(to); }) {}

void SlowLine::Way::TakeUp(int from, std::chrono::microseconds delay) {
  std::array<char, 65536> block{};
  ssize_t got = 0;
  do {
    got = ::recv(from, block.data(), block.size(), 0);
    const auto size = got > 0 ? static_cast<std::size_t>(got) : 0;
    const std::lock_guard lock(mutex_);
    under_way_.emplace(Clock::now() + delay, std::string(block.data(), size));
    changed_.notify_one();
  } while (got > 0);
}

void SlowLine::Way::HandOver(int to) {
  while (true) {
    std::unique_lock lock(mutex_);
    changed_.wait(lock, [this] { return !under_way_.empty(); });
    const auto [due, text] = std::move(under_way_.front());
    under_way_.pop();
    lock.unlock();
    std::this_thread::sleep_until(due);
    const ssize_t sent = text.empty() ? 0 : ::send(to, text.data(), text.size(), MSG_NOSIGNAL);
    if (sent > 0) continue;
    ::shutdown(to, SHUT_RDWR);
    return;
  }
}

SlowLine::Socket::~Socket() { ::close(number); }

SlowLine::Connection::Connection(int client, int server, std::chrono::microseconds delay)
    : client(client), server(server), there(client, server, delay), back(server, client, delay) {
  const int on = 1;
  ::setsockopt(client, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
  ::setsockopt(server, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
}

SlowLine::SlowLine(int to, std::chrono::microseconds delay)
    : listener_(ListenOnLoopback()), accepting_([=, this] { Accept(to, delay); }) {}

SlowLine::~SlowLine() {
  ::shutdown(listener_.socket, SHUT_RDWR);
  accepting_.join();
  for (const Connection& connection : connections_) {
    ::shutdown(connection.client.number, SHUT_RDWR);
    ::shutdown(connection.server.number, SHUT_RDWR);
  }
  connections_.clear();
  ::close(listener_.socket);
}

void SlowLine::Accept(int to, std::chrono::microseconds delay) {
  while (true) {
    const int client = ::accept4(listener_.socket, nullptr, nullptr, SOCK_CLOEXEC);
    if (client < 0) return;
    const int server = DialLoopback(to);
    if (server < 0) {
      ::close(client);
    } else {
      connections_.emplace_back(client, server, delay);
    }
  }
}

}  // namespace schemaop::testing
