// One client's connection through a fault proxy.
#pragma once

#include <atomic>
#include <chrono>
#include <string>
#include <thread>

#include "faultproxy/fault_proxy.h"
#include "faultproxy/message_reader.h"

namespace schemaop::testing {

// Forwards both ways on a thread of its own until a side closes, a fault strikes or the object
// ends.
class ProxiedConnection {
 public:
  // Takes ownership of the two connected sockets. `desk` outlives the object.
  ProxiedConnection(int client, int server, FaultDesk& desk);
  ~ProxiedConnection();
  ProxiedConnection(const ProxiedConnection&) = delete;
  ProxiedConnection& operator=(const ProxiedConnection&) = delete;

  bool open() const { return open_; }
  // Resets both sides soon.
  void Reset() { reset_ = true; }

 private:
  void Run(const std::stop_token& stop);
  bool Pump(Side from);
  bool Deliver(Side from, const PgMessage& message);
  bool Suffer(const FaultPlan& plan);
  bool Send(int socket, const std::string& bytes) const;
  void Close(FaultPlan::Action how);

  int client_;
  int server_;
  FaultDesk& desk_;
  MessageReader frontend_{Side::kFrontend};
  MessageReader backend_{Side::kBackend};
  bool swallowing_ = false;
  std::atomic<bool> reset_ = false;
  std::atomic<bool> open_ = true;
  std::jthread thread_;
};

}  // namespace schemaop::testing
