// One of several replicas leads: a Lease that the leader keeps renewing (client-go's
// tools/leaderelection).
#pragma once

#include <condition_variable>
#include <functional>
#include <mutex>
#include <optional>
#include <random>
#include <stop_token>
#include <string>
#include <string_view>

#include "api/object_meta.h"
#include "base/error.h"
#include "base/logger.h"
#include "kube/client.h"
#include "runtime/boot_clock.h"
#include "runtime/lease_bid.h"
#include "runtime/lease_claim.h"
#include "runtime/metrics.h"

namespace schemaop {

struct LeaderElectionOptions {
  ObjectKey lease;       // created when it is not there
  std::string identity;  // unlike any other process's: "POD_RANDOM"
  LeaseTiming timing;
  // Called on the watchdog's thread when another replica may lead from now on and the work here has
  // still not ended. It must end the process: the system closes its connections, and their locks
  // with them.
  std::function<void()> expired;
};

// Thread-safe. `client` and `metrics` outlive it. The client's deadline must be well below the
// renew deadline, so that a call that hangs leaves time for another: see LeaseCallDeadline.
class LeaderElection {
 public:
  LeaderElection(LeaderElectionOptions options, KubeClient& client, Metrics& metrics,
                 Logger logger);

  // Waits until this process leads, then calls `lead` with a token that stops with `stop`, or at
  // once when leadership is lost or could not be renewed for the renew deadline. When `lead` has
  // returned, or `stop` cut a claim off, gives the lease back. An error (kUnavailable) says how
  // leadership was lost; the process should end then, since `lead` may have left work half known.
  Result<void> Run(const std::function<void(std::stop_token)>& lead, std::stop_token stop);

  // Whether this process leads at this moment: to be asked before every effect, since a process may
  // have been suspended between any two instructions.
  bool Leads() const;

  // kUnavailable when this process would lead although by `now` the lease has been over for 20 s
  // (client-go's LeaderHealthzAdaptor): its own watchdog has failed. For /healthz.
  Result<void> CheckRenewal(BootClock::time_point now) const;

 private:
  using Attempt = LeaseBid::Outcome;

  bool Acquire(const std::stop_token& stop);
  void Renew(const std::stop_token& ended);
  void Watch(const std::stop_token& ended);
  void GiveUpClaim();
  void Release();

  Attempt Try(const std::stop_token& stop);
  ApiResult<Lease> Perform(const LeaseBid::Call& call, const std::stop_token& stop);
  void Held(BootClock::time_point asked);
  bool IsLost() const;
  // The work has until `end_by`, and never longer than the lease lasts.
  void Lose(std::string_view why, BootClock::time_point end_by);
  void Say(std::string_view what, const std::string& detail);

  const LeaderElectionOptions options_;
  const std::string path_;
  KubeClient& client_;
  Metrics& metrics_;
  Logger logger_;

  // Of the thread that tries: Run's, then the renewing one.
  LeaseBid bid_;
  bool claimed_ = false;  // something was sent that may have made the lease ours
  std::string said_;      // what was logged last, so that nothing is logged every two seconds
  std::mt19937_64 random_;

  mutable std::mutex mutex_;
  std::condition_variable_any changed_;
  bool leading_ = false;             // guarded by mutex_
  BootClock::time_point renewed_;    // guarded by mutex_; when the last renewal was asked for
  std::optional<std::string> lost_;  // guarded by mutex_; why, for good
  BootClock::time_point end_by_;     // guarded by mutex_; once lost: when the work must have ended
  std::stop_source leading_stop_;
};

// How long one call about a lease may take: half the renew deadline, a second at least
// (controller-runtime's).
std::chrono::milliseconds LeaseCallDeadline(const LeaseTiming& timing);

}  // namespace schemaop
