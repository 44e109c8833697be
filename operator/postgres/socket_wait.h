// Waiting for a socket in a way that a stop request ends at once.
#pragma once

#include <chrono>
#include <functional>
#include <memory>
#include <optional>
#include <stop_token>

namespace schemaop {

enum class SocketWait { kReady, kTimeout, kStopped };

// poll() with a stop token: made once for a conversation, used by one thread. The stop request may
// come from any.
class SocketWaiter {
 public:
  using Clock = std::chrono::steady_clock;

  explicit SocketWaiter(std::stop_token stop);
  ~SocketWaiter();
  SocketWaiter(const SocketWaiter&) = delete;
  SocketWaiter& operator=(const SocketWaiter&) = delete;

  struct Interest {
    bool read = false;
    bool write = false;
  };
  // Returns when `socket` is ready for any of `interest` (an error on it counts as ready), `until`
  // is reached, or a stop was requested and IgnoreStop() was not called.
  SocketWait Wait(int socket, Interest interest, std::optional<Clock::time_point> until) const;

  // From now on only the socket and the time end a wait.
  void IgnoreStop() { ignore_stop_ = true; }

 private:
  struct Wake;
  std::unique_ptr<Wake> wake_;
  bool ignore_stop_ = false;
};

}  // namespace schemaop
