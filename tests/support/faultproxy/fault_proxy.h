// A TCP proxy before a PostgreSQL server on loopback that breaks connections where it is told to.
#pragma once

#include <atomic>
#include <chrono>
#include <list>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <thread>
#include <vector>

#include "faultproxy/fault_plan.h"

namespace schemaop::testing {

class ProxiedConnection;

// The plan in force and what came of it. Thread safe: every connection asks it.
class FaultDesk {
 public:
  void Arm(FaultPlan plan);
  void Disarm();
  // The plan, when it strikes at this message; it is spent then.
  std::optional<FaultPlan> Strike(Side sender, const PgMessage& message);
  int struck() const { return struck_; }

 private:
  std::mutex mutex_;
  std::optional<FaultPlan> plan_;
  int seen_ = 0;
  std::atomic<int> struck_ = 0;
};

// Listens on 127.0.0.1 and forwards every connection to 127.0.0.1:server_port. Answers SSLRequest
// and GSSENCRequest with "no", so that it can read along. Errors throw std::runtime_error. Ends all
// connections with itself.
class FaultProxy {
 public:
  explicit FaultProxy(int server_port);
  ~FaultProxy();
  FaultProxy(const FaultProxy&) = delete;
  FaultProxy& operator=(const FaultProxy&) = delete;

  int port() const { return port_; }

  // From now on this plan, instead of the one before.
  void Arm(FaultPlan plan) { desk_.Arm(std::move(plan)); }
  void Disarm() { desk_.Disarm(); }
  // How many plans have struck so far.
  int struck() const { return desk_.struck(); }

  // New connections are refused (RST at once) until they are accepted again.
  void Refuse() { refusing_ = true; }
  void Accept() { refusing_ = false; }
  // Resets every open connection.
  void ResetAll();
  // The connections that are open now.
  int connections();

 private:
  void Listen(const std::stop_token& stop);

  const int server_port_;
  int port_ = 0;
  int listener_ = -1;
  FaultDesk desk_;
  std::atomic<bool> refusing_ = false;
  std::mutex mutex_;
  std::list<std::unique_ptr<ProxiedConnection>> connections_;
  std::jthread thread_;
};

}  // namespace schemaop::testing
