// Ends connections whose time is up or whose caller was told to stop.
#pragma once

#include <chrono>
#include <condition_variable>
#include <list>
#include <mutex>
#include <stop_token>
#include <thread>

#include "kube/socket_handle.h"

namespace schemaop {

// Thread-safe; one thread for all connections of a client. A socket whose time is up is shut down
// again and again until its guard goes, because a shutdown between socket() and connect() is lost.
class Watchdog {
 public:
  using Clock = std::chrono::steady_clock;

  Watchdog();
  ~Watchdog();
  Watchdog(const Watchdog&) = delete;
  Watchdog& operator=(const Watchdog&) = delete;

  // While it lives, `socket` is shut down from `deadline` or from `stop` on, whichever comes first.
  class Guard {
   public:
    Guard(Watchdog& watchdog, SocketHandle& socket, Clock::time_point deadline,
          std::stop_token stop);
    ~Guard();
    Guard(const Guard&) = delete;
    Guard& operator=(const Guard&) = delete;

    // From now on there is no deadline, if it has not come; a stop counts as before.
    void ForgetDeadline();

   private:
    struct Expire {
      Guard* guard;
      void operator()() const { guard->watchdog_.MakeDue(*guard); }
    };
    friend class Watchdog;

    Watchdog& watchdog_;
    SocketHandle& socket_;
    Clock::time_point due_;  // guarded by the watchdog's mutex
    std::list<Guard*>::iterator entry_;
    std::stop_callback<Expire> on_stop_;  // last: may run at once, and needs the rest
  };

 private:
  void Run(std::stop_token stop);
  std::list<Guard*>::iterator Enter(Guard& guard);
  void MakeDue(Guard& guard);
  // Shuts down what is due; when to look again. REQUIRES: mutex_ held.
  Clock::time_point ShutDownDue(Clock::time_point now);

  std::mutex mutex_;
  std::condition_variable_any changed_;
  std::list<Guard*> guards_;
  bool stale_ = false;   // guards_ changed since the thread last looked
  std::jthread thread_;  // last: ends before what it uses
};

}  // namespace schemaop
