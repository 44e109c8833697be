#include "runtime/leader_election.h"

#include <algorithm>
#include <chrono>
#include <thread>
#include <utility>
#include <variant>

#include <nlohmann/json.hpp>

#include "kube/paths.h"

namespace schemaop {
namespace {

constexpr int kReleaseTries = 3;

// The watchdog looks at the clock so often: its waits do not count the time that the machine is
// suspended.
constexpr std::chrono::seconds kLookAgain(1);

ApiResource LeaseResource() { return {"coordination.k8s.io", "v1", "leases"}; }

Time Wall() { return std::chrono::system_clock::now(); }

// Whether it may go on after `time`.
bool Pause(std::chrono::milliseconds time, const std::stop_token& stop) {
  std::mutex own;
  std::unique_lock lock(own);
  std::condition_variable_any never;
  never.wait_for(lock, stop, time, [] { return false; });
  return !stop.stop_requested();
}

}  // namespace

std::chrono::milliseconds LeaseCallDeadline(const LeaseTiming& timing) {
  return std::max<std::chrono::milliseconds>(std::chrono::seconds(1), timing.renew_deadline / 2);
}

LeaderElection::LeaderElection(LeaderElectionOptions options, KubeClient& client, Metrics& metrics,
                               Logger logger)
    : options_(std::move(options)),
      path_(ObjectPath(LeaseResource(), options_.lease)),
      client_(client),
      metrics_(metrics),
      logger_(logger.With({{"lease", ToString(options_.lease)}, {"identity", options_.identity}})),
      bid_({options_.identity, std::chrono::ceil<std::chrono::seconds>(options_.timing.duration)}),
      random_(std::random_device()()) {
  metrics_.SetGauge("leader_election_master_status", {{"name", options_.lease.name}}, 0);
}

Result<void> LeaderElection::Run(const std::function<void(std::stop_token)>& lead,
                                 std::stop_token stop) {
  if (!Acquire(stop)) {
    GiveUpClaim();
    return {};
  }
  logger_.Info("became the leader");
  metrics_.SetGauge("leader_election_master_status", {{"name", options_.lease.name}}, 1);
  {
    const std::stop_callback forward(stop, [this] { leading_stop_.request_stop(); });
    // They renew and watch until the work has ended, also while it is ending because of `stop`.
    const std::jthread renewing([this](const std::stop_token& ended) { Renew(ended); });
    const std::jthread watching([this](const std::stop_token& ended) { Watch(ended); });
    lead(leading_stop_.get_token());
  }
  metrics_.SetGauge("leader_election_master_status", {{"name", options_.lease.name}}, 0);
  std::optional<std::string> lost;
  {
    const std::lock_guard lock(mutex_);
    leading_ = false;
    lost = lost_;
  }
  if (lost) return Fail(ErrorCode::kUnavailable, "leadership lost: " + *lost);
  Release();
  return {};
}

bool LeaderElection::Leads() const {
  const std::lock_guard lock(mutex_);
  return leading_ && BootClock::now() - renewed_ < options_.timing.renew_deadline;
}

Result<void> LeaderElection::CheckRenewal(BootClock::time_point now) const {
  constexpr std::chrono::seconds kSlack(20);
  const std::lock_guard lock(mutex_);
  if (!leading_ || now - renewed_ <= options_.timing.duration + kSlack) return {};
  return Fail(ErrorCode::kUnavailable, "the lease was not renewed in time and the work goes on");
}

// Between two tries client-go waits [1, 2.2) retry periods, so that candidates do not march in
// step.
bool LeaderElection::Acquire(const std::stop_token& stop) {
  std::uniform_real_distribution<double> jitter(1.0, 2.2);
  while (!stop.stop_requested()) {
    const auto asked = BootClock::now();
    if (Try(stop) == Attempt::kHeld) {
      Held(asked);
      return true;
    }
    const double wait = static_cast<double>(options_.timing.retry_period.count()) * jitter(random_);
    Pause(std::chrono::milliseconds(static_cast<std::int64_t>(wait)), stop);
  }
  return false;
}

// What is lost stays lost, whatever a call that was under way brings: nobody works any more.
void LeaderElection::Renew(const std::stop_token& ended) {
  while (Pause(options_.timing.retry_period, ended) && !IsLost()) {
    const auto asked = BootClock::now();
    switch (Try(ended)) {
      case Attempt::kHeld:
        Held(asked);
        break;
      case Attempt::kNotHeld:
        // The other leads already: the work gets a moment to end and no more.
        Lose("the lease is held by " + bid_.holder(),
             BootClock::now() + options_.timing.retry_period);
        return;
      case Attempt::kUnreachable:
        break;
    }
  }
}

// Independent of the renewing thread, which may hang in a call.
void LeaderElection::Watch(const std::stop_token& ended) {
  std::unique_lock lock(mutex_);
  while (!ended.stop_requested()) {
    const bool lost = lost_.has_value();
    const auto due = lost ? end_by_ : renewed_ + options_.timing.renew_deadline;
    const auto left = due - BootClock::now();
    if (left > BootClock::duration::zero()) {
      changed_.wait_for(lock, ended, std::min<BootClock::duration>(left, kLookAgain),
                        [&] { return lost_.has_value() != lost; });
    } else if (lost) {
      break;
    } else {
      lock.unlock();
      Lose("it could not be renewed for " + FormatDuration(options_.timing.renew_deadline),
           BootClock::time_point::max());
      lock.lock();
    }
  }
  if (ended.stop_requested()) return;
  logger_.Error("the lease is over and the work has not ended");
  if (options_.expired) options_.expired();
}

// The server may have taken a claim whose answer did not come: the lease would be nobody's for as
// long as it lasts.
void LeaderElection::GiveUpClaim() {
  if (!claimed_) return;
  const auto lease = Perform(LeaseBid::Read{}, {});
  if (!lease) return;
  bid_.Note(*lease, BootClock::now());
  Release();
}

// Only after all guarded work has ended: whoever takes over does so at once.
void LeaderElection::Release() {
  for (int i = 0; i < kReleaseTries; ++i) {
    const auto release = bid_.Release(Wall());
    if (!release) return;
    if (Perform(*release, {})) {
      logger_.Info("gave the lease back");
      return;
    }
    const auto lease = Perform(LeaseBid::Read{}, {});
    if (!lease) break;
    bid_.Note(*lease, BootClock::now());
  }
  logger_.Warning("the lease was not given back; it ends by itself",
                  {{"after", FormatDuration(options_.timing.duration)}});
}

LeaderElection::Attempt LeaderElection::Try(const std::stop_token& stop) {
  LeaseBid::Call call = bid_.Begin(BootClock::now(), Wall());
  while (true) {
    // Of its own, so that the clocks are read when it has come.
    const auto answer = Perform(call, stop);
    auto next = bid_.After(answer, BootClock::now(), Wall());
    if (const auto* outcome = std::get_if<Attempt>(&next)) {
      if (*outcome == Attempt::kNotHeld) Say("another leads", bid_.holder());
      return *outcome;
    }
    call = std::get<LeaseBid::Call>(std::move(next));
  }
}

ApiResult<Lease> LeaderElection::Perform(const LeaseBid::Call& call, const std::stop_token& stop) {
  ApiResult<nlohmann::json> answer;
  const char* trouble = "the lease cannot be read";
  if (!std::holds_alternative<LeaseBid::Read>(call)) claimed_ = true;
  if (const auto* create = std::get_if<LeaseBid::Create>(&call)) {
    trouble = "the lease cannot be created";
    answer = client_.Create(CollectionPath(LeaseResource(), options_.lease.namespace_name),
                            NewLease(options_.lease, create->record), stop);
  } else if (const auto* write = std::get_if<LeaseBid::Write>(&call)) {
    trouble = "the lease cannot be written";
    answer =
        client_.Patch(path_, PatchType::kMerge, LeasePatch(write->version, write->record), stop);
  } else {
    answer = client_.Get(path_, stop);
  }
  auto lease = answer ? ParseLease(*answer) : Result<Lease>(Fail(answer.error().error));
  if (lease) return *std::move(lease);
  ApiError error;
  if (!answer) error = answer.error();
  error.error = lease.error();
  const bool is_made_next =
      std::holds_alternative<LeaseBid::Read>(call) && error.error.code == ErrorCode::kNotFound;
  if (!stop.stop_requested() && !is_made_next) Say(trouble, lease.error().message);
  return tl::unexpected(std::move(error));
}

void LeaderElection::Held(BootClock::time_point asked) {
  said_.clear();
  const std::lock_guard lock(mutex_);
  if (lost_) return;
  leading_ = true;
  renewed_ = asked;
}

bool LeaderElection::IsLost() const {
  const std::lock_guard lock(mutex_);
  return lost_.has_value();
}

void LeaderElection::Lose(std::string_view why, BootClock::time_point end_by) {
  {
    const std::lock_guard lock(mutex_);
    if (lost_) return;
    lost_ = std::string(why);
    end_by_ = std::min(end_by, renewed_ + options_.timing.duration);
    leading_ = false;
  }
  logger_.Error("leadership lost", {{"error", why}});
  leading_stop_.request_stop();
  changed_.notify_all();
}

void LeaderElection::Say(std::string_view what, const std::string& detail) {
  std::string line = std::string(what) + ": " + detail;
  if (line == said_) return;
  said_ = std::move(line);
  logger_.Info(what, {{"detail", detail}});
}

}  // namespace schemaop
