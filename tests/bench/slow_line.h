// A network between a client and a server on one machine: what either says arrives later.
#pragma once

#include <chrono>
#include <condition_variable>
#include <list>
#include <mutex>
#include <queue>
#include <string>
#include <thread>
#include <utility>

#include "relay/relay.h"

namespace schemaop::testing {

// Passes connections to its own port on to a port of 127.0.0.1. Every byte arrives `delay` after it
// was sent, however many are on the way. All threads end with the object.
class SlowLine {
 public:
  SlowLine(int to, std::chrono::microseconds delay);
  ~SlowLine();
  SlowLine(const SlowLine&) = delete;
  SlowLine& operator=(const SlowLine&) = delete;

  int port() const { return listener_.port; }

 private:
  using Clock = std::chrono::steady_clock;

  // One direction of a connection: one thread takes up what is sent, another hands it over.
  class Way {
   public:
    Way(int from, int to, std::chrono::microseconds delay);

   private:
    void TakeUp(int from, std::chrono::microseconds delay);
    void HandOver(int to);

    std::mutex mutex_;
    std::condition_variable changed_;
    std::queue<std::pair<Clock::time_point, std::string>> under_way_;  // an empty text is the end
    std::jthread taking_;
    std::jthread handing_;
  };

  // Closes it.
  struct Socket {
    explicit Socket(int number) : number(number) {}
    ~Socket();
    Socket(const Socket&) = delete;
    Socket& operator=(const Socket&) = delete;
    const int number;
  };

  struct Connection {
    Connection(int client, int server, std::chrono::microseconds delay);
    Socket client;
    Socket server;
    Way there;  // behind the sockets, which it uses
    Way back;
  };

  void Accept(int to, std::chrono::microseconds delay);

  const Listener listener_;
  std::list<Connection> connections_;
  std::jthread accepting_;  // last: it uses the others
};

}  // namespace schemaop::testing
