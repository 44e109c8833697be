#include "postgres/socket_wait.h"

#include <algorithm>
#include <array>
#include <cstdint>
#include <poll.h>
#include <sys/eventfd.h>
#include <unistd.h>
#include <utility>

namespace schemaop {

namespace {

// What a stop request writes to and a wait polls.
struct EventDescriptor {
  EventDescriptor() : fd(::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK)) {}
  ~EventDescriptor() {
    if (fd >= 0) ::close(fd);
  }
  EventDescriptor(const EventDescriptor&) = delete;
  EventDescriptor& operator=(const EventDescriptor&) = delete;

  int fd;
};

}  // namespace

struct SocketWaiter::Wake {
  explicit Wake(std::stop_token token) : stop(std::move(token), Notify{event.fd}) {}

  struct Notify {
    int fd;
    void operator()() const {
      const std::uint64_t one = 1;
      // A full counter is readable already, so a failed write loses nothing.
      [[maybe_unused]] const ssize_t n = ::write(fd, &one, sizeof one);
    }
  };
  EventDescriptor event;
  // Last, so that it goes first: its destructor waits for a callback that is running, which must
  // not write to a descriptor that is closed, or by then somebody else's.
  std::stop_callback<Notify> stop;
};

SocketWaiter::SocketWaiter(std::stop_token stop) : wake_(std::make_unique<Wake>(std::move(stop))) {}
SocketWaiter::~SocketWaiter() = default;

SocketWait SocketWaiter::Wait(int socket, Interest interest,
                              std::optional<Clock::time_point> until) const {
  const short events =
      static_cast<short>((interest.read ? POLLIN : 0) | (interest.write ? POLLOUT : 0));
  std::array<pollfd, 2> watched = {pollfd{socket, events, 0},
                                   pollfd{ignore_stop_ ? -1 : wake_->event.fd, POLLIN, 0}};
  while (true) {
    int timeout = -1;
    if (until) {
      const auto left = std::chrono::ceil<std::chrono::milliseconds>(*until - Clock::now()).count();
      if (left <= 0) return SocketWait::kTimeout;
      timeout = static_cast<int>(std::min<std::int64_t>(left, 60'000));
    }
    const int ready = ::poll(watched.data(), watched.size(), timeout);
    if (ready <= 0) continue;  // a signal, or the end of a slice of a long wait
    if (watched[1].revents != 0) return SocketWait::kStopped;
    return SocketWait::kReady;
  }
}

}  // namespace schemaop
