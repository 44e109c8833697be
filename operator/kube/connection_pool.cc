#include "kube/connection_pool.h"

#include <fstream>
#include <iterator>
#include <string>
#include <utility>

namespace schemaop {
namespace {

constexpr std::chrono::minutes kRereadAuthoritiesAfter{5};
constexpr std::chrono::seconds kMostIdle{90};  // Go's http.Transport
constexpr std::size_t kMostConnections = 16;

std::string ReadFile(const std::filesystem::path& path) {
  std::ifstream in(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), std::istreambuf_iterator<char>()};
}

}  // namespace

ConnectionPool::ConnectionPool(Endpoint endpoint, TlsSettings tls, std::filesystem::path ca_file,
                               ConnectionTimeouts timeouts)
    : endpoint_(std::move(endpoint)),
      ca_file_(std::move(ca_file)),
      timeouts_(timeouts),
      tls_(std::move(tls)),
      ca_read_at_(Clock::now()) {}

Result<std::unique_ptr<Connection>> ConnectionPool::Take() {
  if (auto connection = TakeIdle()) return connection;
  return Make(timeouts_.read);
}

std::unique_ptr<Connection> ConnectionPool::TakeIdle() {
  std::vector<Idle> dropped;  // closed outside the lock
  const std::lock_guard lock(mutex_);
  const Clock::time_point now = Clock::now();
  RereadAuthorities(now);
  while (!idle_.empty()) {
    Idle newest = std::move(idle_.back());
    idle_.pop_back();
    // A connection the server has closed meanwhile, with TLS too, is found here rather than by
    // losing a request.
    if (now - newest.since < kMostIdle && newest.connection->socket().IsQuiet()) {
      return std::move(newest.connection);
    }
    dropped.push_back(std::move(newest));
  }
  return nullptr;
}

void ConnectionPool::GiveBack(std::unique_ptr<Connection> connection) {
  const std::lock_guard lock(mutex_);
  if (idle_.size() < kMostConnections) idle_.push_back({std::move(connection), Clock::now()});
}

Result<std::unique_ptr<Connection>> ConnectionPool::Make(std::chrono::milliseconds read_timeout) {
  TlsSettings tls;
  {
    const std::lock_guard lock(mutex_);
    RereadAuthorities(Clock::now());
    tls = tls_;
  }
  return Connection::Create(endpoint_, tls, {.connect = timeouts_.connect, .read = read_timeout});
}

void ConnectionPool::Clear() {
  std::vector<Idle> dropped;
  const std::lock_guard lock(mutex_);
  dropped.swap(idle_);
}

void ConnectionPool::RereadAuthorities(Clock::time_point now) {
  if (ca_file_.empty() || now - ca_read_at_ < kRereadAuthoritiesAfter) return;
  ca_read_at_ = now;
  TlsSettings renewed = tls_;
  renewed.ca_certificates = ReadFile(ca_file_);
  // A file caught half written, or gone, leaves the authorities we have in force.
  if (renewed == tls_ || renewed.ca_certificates.empty() || !CheckTlsSettings(renewed)) return;
  tls_ = std::move(renewed);
  idle_.clear();
}

}  // namespace schemaop
