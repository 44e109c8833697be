#include "kube/connection_pool.h"

#include <fstream>
#include <iterator>
#include <utility>

namespace schemaop {
namespace {

constexpr std::chrono::minutes kRereadAfter{5};
constexpr std::chrono::seconds kMostIdle{90};  // Go's http.Transport
constexpr std::size_t kMostConnections = 16;

// What `path` holds, or `before` when there is no such file or it is caught empty.
std::string ReadOrKeep(const std::filesystem::path& path, const std::string& before) {
  if (path.empty()) return before;
  std::ifstream in(path, std::ios::binary);
  std::string text((std::istreambuf_iterator<char>(in)), std::istreambuf_iterator<char>());
  return text.empty() ? before : text;
}

}  // namespace

ConnectionPool::ConnectionPool(Route route, TlsSettings tls, CredentialFiles files,
                               ConnectionTimeouts timeouts)
    : route_(std::move(route)),
      files_(std::move(files)),
      timeouts_(timeouts),
      tls_(std::move(tls)),
      read_at_(Clock::now()) {}

Result<std::unique_ptr<Connection>> ConnectionPool::Take() {
  if (auto connection = TakeIdle()) return connection;
  return Make(timeouts_.read);
}

std::unique_ptr<Connection> ConnectionPool::TakeIdle() {
  std::vector<Idle> dropped;  // closed outside the lock
  const std::lock_guard lock(mutex_);
  const Clock::time_point now = Clock::now();
  if (now - read_at_ >= kRereadAfter) ReadFiles(now);
  while (!idle_.empty()) {
    Idle newest = std::move(idle_.back());
    idle_.pop_back();
    // A connection the server has closed meanwhile, with TLS too, is found here rather than by
    // losing a request.
    if (now - newest.since < kMostIdle && newest.connection->epoch() == epoch_ &&
        newest.connection->socket().IsQuiet()) {
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
  int epoch = 0;
  {
    const std::lock_guard lock(mutex_);
    const Clock::time_point now = Clock::now();
    if (now - read_at_ >= kRereadAfter) ReadFiles(now);
    tls = tls_;
    epoch = epoch_;
  }
  return Connection::Create(route_, tls, {.connect = timeouts_.connect, .read = read_timeout},
                            epoch);
}

void ConnectionPool::Clear() {
  std::vector<Idle> dropped;
  const std::lock_guard lock(mutex_);
  dropped.swap(idle_);
}

bool ConnectionPool::Reread(int epoch) {
  const std::lock_guard lock(mutex_);
  (void)ReadFiles(Clock::now());
  // Another connection's failure may have read them a moment ago.
  return epoch != epoch_;
}

Result<void> ConnectionPool::Present(const std::string& certificate, const std::string& key) {
  const std::lock_guard lock(mutex_);
  if (tls_.client_certificate == certificate && tls_.client_key == key) return {};
  TlsSettings renewed = tls_;
  renewed.client_certificate = certificate;
  renewed.client_key = key;
  if (auto usable = CheckTlsSettings(renewed); !usable) return usable;
  Use(std::move(renewed));
  return {};
}

bool ConnectionPool::ReadFiles(Clock::time_point now) {
  read_at_ = now;
  TlsSettings renewed = tls_;
  renewed.ca_certificates = ReadOrKeep(files_.ca, tls_.ca_certificates);
  renewed.client_certificate = ReadOrKeep(files_.client_certificate, tls_.client_certificate);
  renewed.client_key = ReadOrKeep(files_.client_key, tls_.client_key);
  // Files caught half written, or a certificate whose key is still the old one, leave in force what
  // we have.
  if (renewed == tls_ || !CheckTlsSettings(renewed)) return false;
  Use(std::move(renewed));
  return true;
}

void ConnectionPool::Use(TlsSettings settings) {
  tls_ = std::move(settings);
  ++epoch_;
}

}  // namespace schemaop
