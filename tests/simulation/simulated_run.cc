#include "simulated_run.h"

#include <memory>
#include <utility>
#include <vector>

#include "application.h"
#include "model_server.h"
#include "oracle.h"
#include "replica.h"

namespace schemaop::simulation {
namespace {

using std::chrono::milliseconds;
using std::chrono::minutes;
using std::chrono::seconds;

// How long status and database may take to come to rest once nothing goes wrong any more: a
// refused revision is tried again after spec.interval, a watch that is half open is noticed within
// eleven minutes.
constexpr Moment kPatience = minutes(45);
// And how long nothing may be written then.
constexpr Moment kStill = seconds(100);

// A place for a replica: a Deployment's pod.
struct Pod {
  std::unique_ptr<Replica> replica;
  int lives = 0;
  Moment starts{0};
};

class Run {
 public:
  Run(std::uint64_t seed, const RunOptions& options, Metrics& metrics, const Logger& logger)
      : scheduler_(seed),
        faults_(Faults::Chosen(scheduler_.random())),
        server_(scheduler_, faults_),
        world_{scheduler_, faults_, server_, {}, options, outcome_.figures, {}, {}},
        metrics_(metrics),
        logger_(logger) {}

  Outcome Go() {
    Begin();
    scheduler_.RunUntil(scheduler_.random().Between(seconds(20), seconds(120)));
    Calm();
    End();
    outcome_.violations = oracle_->violations();
    outcome_.figures.pieces = scheduler_.pieces();
    for (Pod& pod : pods_) pod.replica.reset();
    scheduler_.KillAll();
    return std::move(outcome_);
  }

 private:
  void Begin();
  void Tick();
  void TickPod(Pod& pod, int number);
  void TickWorld();
  void Act(Application& application);
  void Provoke(const StatusWrite& write);
  void Calm();
  void End();
  std::string NotDone() const;
  bool KnownToLeader(const Application& application) const;
  int Commits() const;
  void Every(Moment period, std::function<void()> what);

  Outcome outcome_;
  Scheduler scheduler_;
  Faults faults_;
  ModelServer server_;
  ModelWorld world_;
  Metrics& metrics_;
  Logger logger_;
  std::vector<std::unique_ptr<Application>> applications_;
  std::unique_ptr<Oracle> oracle_;
  std::vector<Pod> pods_;
  bool elects_ = false;
  int workers_ = 1;
  int page_size_ = 500;
  bool calm_ = false;
  bool repaired_ = false;
};

void Run::Every(Moment period, std::function<void()> what) {
  scheduler_.At(scheduler_.now() + period, [this, period, what = std::move(what)] {
    what();
    Every(period, what);
  });
}

void Run::Begin() {
  Random& random = scheduler_.random();
  std::vector<Application*> judged;
  for (int i = random.Chance(0.3) ? 2 : 1; i > 0; --i) {
    applications_.push_back(std::make_unique<Application>(world_, i == 1 ? "app" : "other"));
    judged.push_back(applications_.back().get());
  }
  oracle_ = std::make_unique<Oracle>(world_, judged);
  server_.on_status = [this, judge = server_.on_status](const StatusWrite& write) {
    judge(write);
    Provoke(write);
  };
  for (const auto& application : applications_) {
    application->Apply();
    Act(*application);
  }
  elects_ = random.Chance(0.7);
  workers_ = 1 + random.Below(2);
  if (random.Chance(0.3)) page_size_ = 1;
  pods_.resize(elects_ ? 2 : 1);
  Every(seconds(1), [this] { Tick(); });
  Every(seconds(60), [this] { server_.SendBookmarks(); });
}

// Somebody is as quick as the operator, which has just said what it is about to do.
void Run::Provoke(const StatusWrite& write) {
  if (write.after.dump().find("\"Migrating\"") == std::string::npos) return;
  for (const auto& application : applications_) {
    const bool its = write.after["metadata"]["name"] == application->name();
    if (its && scheduler_.random().Chance(faults_.rival)) application->Rival();
  }
}

// People and programs, every now and then.
void Run::Act(Application& application) {
  const Moment pause = scheduler_.random().Between(milliseconds(50), seconds(9));
  scheduler_.At(scheduler_.now() + pause, [this, &application] {
    if (calm_) return;
    application.ActByChance();
    Act(application);
  });
}

void Run::Tick() {
  for (std::size_t i = 0; i < pods_.size(); ++i) TickPod(pods_[i], static_cast<int>(i));
  if (!calm_) TickWorld();
}

void Run::TickPod(Pod& pod, int number) {
  Random& random = scheduler_.random();
  if (pod.replica && (pod.replica->ended() || pod.replica->life()->dead)) {
    if (pod.replica->life()->dead) ++outcome_.figures.crashes;
    world_.Trace("replica " + std::to_string(number) +
                 (pod.replica->ended() ? " has ended" : " was killed"));
    pod.replica.reset();
    pod.starts = scheduler_.now() + random.Between(milliseconds(100), seconds(8));
  }
  if (pod.replica && random.Chance(faults_.crash)) {
    scheduler_.At(scheduler_.now() + random.Between(milliseconds(0), seconds(1)),
                  [this, life = pod.replica->life()] { scheduler_.Kill(life); });
  }
  if (!pod.replica && scheduler_.now() >= pod.starts) {
    pod.replica = std::make_unique<Replica>(
        world_, ReplicaOptions{number, pod.lives++, workers_, elects_, page_size_}, metrics_,
        logger_);
    pod.replica->Start();
    return;
  }
  if (!pod.replica) return;
  if (random.Chance(faults_.pause)) {
    ++outcome_.figures.pauses;
    const Moment pause = random.Between(seconds(1), seconds(40));
    world_.Trace("replica " + std::to_string(number) + " is suspended");
    pod.replica->life()->paused_until = scheduler_.now() + pause;
  }
  if (random.Chance(faults_.clock_jump)) {
    pod.replica->effects().ShiftClock(random.Between(-minutes(60), minutes(60)));
  }
  if (random.Chance(faults_.crash / 3)) pod.replica->Stop();
}

void Run::TickWorld() {
  Random& random = scheduler_.random();
  if (random.Chance(faults_.database_restart)) {
    for (const auto& application : applications_) application->database().Restart();
  }
  if (random.Chance(faults_.watch_cut)) server_.CutWatches();
  if (random.Chance(faults_.expired / 4)) server_.Compact();
  if (!random.Chance(faults_.lease_edit)) return;
  server_.EditLease([&](std::optional<Lease>& lease) {
    if (!lease || random.Chance(0.3)) {
      lease.reset();
    } else {
      lease->record.holder = random.Chance(0.5) ? "" : "a stranger";
    }
  });
}

// Nothing goes wrong any more; what stands, stands, unless somebody corrects it.
void Run::Calm() {
  Random& random = scheduler_.random();
  world_.Trace("calm");
  calm_ = true;
  faults_ = Faults();
  repaired_ = random.Chance(0.7);
  for (const auto& application : applications_) {
    application->EndOutages();
    // Whatever was on its way has arrived by then.
    if (repaired_) {
      scheduler_.At(scheduler_.now() + seconds(65),
                    [&application = *application] { application.RepairEverything(); });
    }
    Every(seconds(5), [&application = *application] { application.SettleDoubts(); });
  }
  if (server_.lossy()) {
    server_.Compact();
    server_.CutWatches();
  }
  for (Pod& pod : pods_) {
    if (!pod.replica) continue;
    pod.replica->life()->paused_until = scheduler_.now();
    pod.replica->effects().CorrectClock();
  }
  scheduler_.RunUntil(scheduler_.now() + seconds(66));
}

// A watch that has gone silent is noticed in its time; until then each visit tries to write.
bool Run::KnownToLeader(const Application& application) const {
  const auto object = application.Object();
  for (const Pod& pod : pods_) {
    if (!pod.replica || !pod.replica->Leads()) continue;
    const std::string known = pod.replica->Knows({"shop", application.name()});
    if (known != (object ? object->metadata.resource_version : "")) return false;
  }
  return true;
}

std::string Run::NotDone() const {
  for (const auto& application : applications_) {
    std::string why = oracle_->NotDone(*application);
    if (!why.empty()) return application->name() + ": " + why;
    if (!KnownToLeader(*application)) return application->name() + ": the leader's cache is behind";
  }
  return "";
}

int Run::Commits() const {
  int commits = 0;
  for (const auto& application : applications_) commits += application->database().commits();
  return commits;
}

void Run::End() {
  const Moment patience = scheduler_.now() + kPatience;
  std::string why = NotDone();
  int writes = -1;
  // A status that tells all is followed by its events: done is when nothing was written since.
  while ((!why.empty() || writes != server_.writes()) && scheduler_.now() < patience) {
    writes = server_.writes();
    scheduler_.RunUntil(scheduler_.now() + seconds(2));
    why = NotDone();
  }
  if (!why.empty()) return oracle_->Violated("I6: not at rest after 45 minutes: " + why);
  writes = server_.writes();
  const int commits = Commits();
  scheduler_.RunUntil(scheduler_.now() + kStill);
  why = NotDone();
  if (!why.empty()) oracle_->Violated("I5: did not stay so: " + why);
  if (server_.writes() != writes || Commits() != commits) {
    oracle_->Violated("I6: " + std::to_string(server_.writes() - writes) +
                      " writes to the API and " + std::to_string(Commits() - commits) +
                      " to databases while all is done");
  }
  for (const auto& application : applications_) oracle_->CheckEnd(*application, repaired_);
}

}  // namespace

Figures& Figures::operator+=(const Figures& other) {
  pieces += other.pieces;
  visits += other.visits;
  runs += other.runs;
  steps += other.steps;
  statuses += other.statuses;
  crashes += other.crashes;
  pauses += other.pauses;
  handovers += other.handovers;
  lost_commits += other.lost_commits;
  return *this;
}

Outcome Simulate(std::uint64_t seed, const RunOptions& options, Metrics& metrics,
                 const Logger& logger) {
  return Run(seed, options, metrics, logger).Go();
}

}  // namespace schemaop::simulation
