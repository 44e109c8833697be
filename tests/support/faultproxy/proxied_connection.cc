#include "faultproxy/proxied_connection.h"

#include <array>
#include <cerrno>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

namespace schemaop::testing {
namespace {

constexpr int kLookAroundEveryMs = 20;

}  // namespace

ProxiedConnection::ProxiedConnection(int client, int server, FaultDesk& desk)
    : client_(client),
      server_(server),
      desk_(desk),
      thread_([this](const std::stop_token& stop) { Run(stop); }) {}

ProxiedConnection::~ProxiedConnection() {
  thread_.request_stop();
  thread_.join();
}

void ProxiedConnection::Run(const std::stop_token& stop) {
  bool going = true;
  while (going && !stop.stop_requested() && !reset_) {
    std::array<pollfd, 2> sockets{{{client_, POLLIN, 0}, {server_, POLLIN, 0}}};
    if (poll(sockets.data(), sockets.size(), kLookAroundEveryMs) < 0 && errno != EINTR) break;
    if (sockets[0].revents != 0) going = Pump(Side::kFrontend);
    if (going && sockets[1].revents != 0) going = Pump(Side::kBackend);
  }
  if (open_) Close(reset_ ? FaultPlan::Action::kReset : FaultPlan::Action::kCut);
}

// False: the connection is over.
bool ProxiedConnection::Pump(Side from) {
  std::array<char, 16 * 1024> bytes{};
  const int source = from == Side::kFrontend ? client_ : server_;
  const ssize_t size = recv(source, bytes.data(), bytes.size(), 0);
  if (size <= 0) return size < 0 && errno == EINTR;
  if (swallowing_) return true;
  MessageReader& reader = from == Side::kFrontend ? frontend_ : backend_;
  reader.Add({bytes.data(), static_cast<std::size_t>(size)});
  while (const auto message = reader.Next()) {
    if (!Deliver(from, *message)) return false;
    if (swallowing_) return true;
  }
  return true;
}

bool ProxiedConnection::Deliver(Side from, const PgMessage& message) {
  if (message.type == PgMessage::kSslRequest || message.type == PgMessage::kGssRequest) {
    // The one answer without a length: the backend's reader never sees it.
    return Send(client_, "N");
  }
  const auto plan = desk_.Strike(from, message);
  if (plan && plan->moment == FaultPlan::Moment::kBefore) {
    if (!Suffer(*plan)) return false;
    if (swallowing_) return true;
  }
  if (!Send(from == Side::kFrontend ? server_ : client_, message.bytes)) return false;
  return !plan || plan->moment == FaultPlan::Moment::kBefore || Suffer(*plan);
}

bool ProxiedConnection::Suffer(const FaultPlan& plan) {
  switch (plan.action) {
    case FaultPlan::Action::kBlackhole:
      swallowing_ = true;
      return true;
    case FaultPlan::Action::kDelay:
      std::this_thread::sleep_for(plan.delay);
      return true;
    case FaultPlan::Action::kCut:
    case FaultPlan::Action::kReset:
      break;
  }
  Close(plan.action);
  return false;
}

bool ProxiedConnection::Send(int socket, const std::string& bytes) const {
  std::size_t sent = 0;
  while (sent < bytes.size()) {
    const ssize_t size = send(socket, bytes.data() + sent, bytes.size() - sent, MSG_NOSIGNAL);
    if (size < 0 && errno == EINTR) continue;
    if (size <= 0) return false;
    sent += static_cast<std::size_t>(size);
  }
  return true;
}

void ProxiedConnection::Close(FaultPlan::Action how) {
  open_ = false;
  for (const int socket : {client_, server_}) {
    if (how == FaultPlan::Action::kReset) {
      // Closing without lingering throws away what is unsent and sends RST.
      const linger none{.l_onoff = 1, .l_linger = 0};
      setsockopt(socket, SOL_SOCKET, SO_LINGER, &none, sizeof(none));
    } else {
      // First: close alone sends RST, not FIN, when bytes of the peer are unread.
      shutdown(socket, SHUT_RDWR);
    }
    close(socket);
  }
}

}  // namespace schemaop::testing
