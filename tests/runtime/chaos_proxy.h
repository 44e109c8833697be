// A TCP proxy that treats connections as a bad network does.
#pragma once

#include <atomic>
#include <cstddef>
#include <mutex>
#include <random>
#include <thread>
#include <vector>

namespace schemaop::testing {

// Listens on 127.0.0.1 and forwards to 127.0.0.1:server_port, byte by byte the same while calm.
// Thread-safe.
class ChaosProxy {
 public:
  explicit ChaosProxy(int server_port);
  ~ChaosProxy();  // ends every connection
  ChaosProxy(const ChaosProxy&) = delete;
  ChaosProxy& operator=(const ChaosProxy&) = delete;

  int port() const { return port_; }

  // What becomes of a connection once some bytes of answers have passed.
  enum class Fate {
    kReset,     // RST
    kCut,       // closed in the middle of a line or chunk
    kSilence,   // stays open, and nothing comes any more: half-open
    kSlowDrip,  // goes on a byte at a time
  };
  static constexpr int kFates = 4;

  // From now on each new connection meets one of the fates with this probability in percent.
  void SetFaults(int percent) { fault_percent_ = percent; }
  // Ends what is half-open, as a network's own timeouts would.
  void EndSilence() { ++silence_epoch_; }
  // How many connections have met `fate`.
  int Met(Fate fate) const { return met_[static_cast<std::size_t>(fate)]; }

 private:
  struct Doom {
    bool strikes = false;
    Fate fate = Fate::kReset;
    std::size_t after = 0;  // bytes of answers
    bool met = false;
  };

  void Accept(const std::stop_token& stop);
  void Forward(int client, const std::stop_token& stop);
  // Whether the connection goes on after these bytes of an answer.
  bool Answer(int client, const char* data, std::size_t size, Doom& doom,
              const std::stop_token& stop);
  Doom DrawDoom();

  const int server_port_;
  int listening_ = -1;
  int port_ = 0;
  std::atomic<int> fault_percent_ = 0;
  std::atomic<int> silence_epoch_ = 0;
  std::atomic<int> met_[kFates] = {};
  std::mutex mutex_;
  std::mt19937 random_{20261126};
  int next_fate_ = 0;
  std::vector<std::jthread> connections_;
  std::jthread thread_;  // last: ends before what it uses
};

}  // namespace schemaop::testing
