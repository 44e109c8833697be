// A forward proxy on loopback that remembers what its clients told it: CONNECT tunnels and SOCKS5.
#pragma once

#include <list>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

#include "relay/relay.h"

namespace schemaop::testing {

// Whatever host is asked for, the way leads to one port of 127.0.0.1: names need not exist. Whether
// a client speaks HTTP or SOCKS is told by its first byte. A request that is no CONNECT (an http
// server's) is passed on as it is.
class ConnectProxy {
 public:
  explicit ConnectProxy(int target_port);
  ~ConnectProxy();
  ConnectProxy(const ConnectProxy&) = delete;
  ConnectProxy& operator=(const ConnectProxy&) = delete;

  int port() const { return listener_.port; }

  // From now on answer every CONNECT so, "HTTP/1.1 403 Forbidden\r\n\r\n"; empty: open the way.
  void Answer(std::string head);
  // From now on ask for this login, by Basic or by RFC 1929; empty: for none.
  void AskFor(std::string user, std::string password);

  // Every byte that clients sent outside their tunnels, each tunnel's beginning in one text.
  std::vector<std::string> Heard() const;
  // The places that were asked for, "kubernetes.test:6443".
  std::vector<std::string> Asked() const;

 private:
  void Serve();
  void Talk(int client);
  bool TalkHttp(int client, std::string head);
  bool TalkSocks(int client);
  bool IsLoggedIn(const std::string& head) const;
  void Remember(const std::string& heard, const std::string& place);

  const int target_port_;
  const Listener listener_;
  mutable std::mutex mutex_;
  std::string answer_;
  std::string user_;
  std::string password_;
  std::vector<std::string> heard_;
  std::vector<std::string> asked_;
  std::vector<int> open_;  // sockets of running talks
  std::list<std::jthread> talks_;
  std::jthread acceptor_;
};

}  // namespace schemaop::testing
