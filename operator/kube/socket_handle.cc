#include "kube/socket_handle.h"

#include <fcntl.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

namespace schemaop {

SocketHandle::~SocketHandle() {
  if (socket_ >= 0) ::close(socket_);
}

void SocketHandle::Refer(int socket) {
  const int copy = ::fcntl(socket, F_DUPFD_CLOEXEC, 0);
  const std::lock_guard lock(mutex_);
  if (socket_ >= 0) ::close(socket_);
  socket_ = copy;
}

void SocketHandle::ShutDown() {
  const std::lock_guard lock(mutex_);
  if (socket_ >= 0) ::shutdown(socket_, SHUT_RDWR);
}

bool SocketHandle::IsQuiet() {
  const std::lock_guard lock(mutex_);
  if (socket_ < 0) return false;
  pollfd state{.fd = socket_, .events = POLLIN, .revents = 0};
  return ::poll(&state, 1, 0) == 0;
}

}  // namespace schemaop
