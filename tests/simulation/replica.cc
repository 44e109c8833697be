#include "replica.h"

#include <algorithm>
#include <utility>
#include <variant>

#include <nlohmann/json.hpp>

#include "controller/api_resources.h"
#include "controller/operator.h"
#include "kube/list_reader.h"
#include "kube/watch_decoder.h"

namespace schemaop::simulation {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

constexpr LeaseTiming kTiming;
// As LeaseCallDeadline.
constexpr Moment kLeaseDeadline = seconds(5);

ReflectorOptions OptionsOf(int page_size) {
  ReflectorOptions options;
  options.resource = SchemaVersionResource();
  options.page_size = page_size;
  return options;
}

// How a stream that had begun ended.
ApiResult<void> Begun(ApiResult<void> end) {
  if (!end) end.error().cut_off = true;
  return end;
}

std::string IdentityOf(const ReplicaOptions& options) {
  return "replica-" + std::to_string(options.number) + "-" + std::to_string(options.life);
}

}  // namespace

Replica::Replica(ModelWorld& world, ReplicaOptions options, Metrics& metrics, const Logger& logger)
    : world_(world),
      options_(options),
      identity_(IdentityOf(options)),
      wire_(world.scheduler, world.faults, life_),
      effects_(world, life_, options.number, identity_, [this] { return Leads(); }),
      feed_(store_.untyped(), "schemaversions", "",
            Untyped<KeptSchemaVersion>(SchemaVersionKeeper()),
            Untyped<KeptSchemaVersion>([this](const Change<KeptSchemaVersion>& change) {
              if (!IsWorthAVisit(change)) return;
              queue_.Add(change.key, Steady(),
                         change.initial ? WorkPriority::kLow : WorkPriority::kNormal);
              queue_grew_.Notify(world_.scheduler);
            }),
            logger),
      steps_(OptionsOf(options.page_size), world.scheduler.random().Next()),
      bid_({identity_, seconds(15)}),
      reconciler_({"", identity_, "simulated"}, effects_, store_, metrics, logger) {}

Replica::~Replica() { world_.scheduler.Kill(life_); }

void Replica::Start() {
  world_.scheduler.Spawn(life_, [this] { Reflect(); });
  world_.scheduler.Spawn(life_, [this] { Run(); });
}

bool Replica::Leads() const {
  if (!options_.elects) return true;
  return lead_ && world_.scheduler.now() - renewed_ < kTiming.renew_deadline;
}

void Replica::Reflect() {
  while (!life_->dead) {
    if (List()) WatchUntilListIsNeeded();
  }
}

bool Replica::List() {
  UntypedStore::Objects objects;
  ListWatch::AskPage ask = steps_.BeginList();
  while (!life_->dead) {
    if (ask.anew) objects.clear();
    auto text = wire_.Ask<std::string>(
        kDeadline, {},
        [&server = world_.server, parameters = ask.parameters] { return server.List(parameters); });
    ApiResult<ListHead> head;
    if (!text) {
      head = tl::unexpected(text.error());
    } else {
      head = *ReadList(*text, [&](const nlohmann::json& item) { feed_.Collect(item, objects); });
    }
    auto next = steps_.OnPage(head, Steady());
    if (auto* page = std::get_if<ListWatch::AskPage>(&next)) {
      ask = std::move(*page);
    } else if (const auto* failed = std::get_if<ListWatch::ListFailed>(&next)) {
      world_.scheduler.Sleep(failed->wait);
      return false;
    } else {
      feed_.Publish(std::move(objects));
      synced_ = true;
      changed_.Notify(world_.scheduler);
      return true;
    }
  }
  return false;
}

void Replica::WatchUntilListIsNeeded() {
  while (!life_->dead) {
    const ListWatch::Verdict verdict = WatchOnce();
    if (verdict.wait) world_.scheduler.Sleep(*verdict.wait);
    if (verdict.next == ListWatch::Verdict::Next::kList) return;
  }
}

ListWatch::Verdict Replica::WatchOnce() {
  const ListWatch::AskWatch ask = steps_.BeginWatch(Steady());
  auto stream = wire_.Ask<std::shared_ptr<WatchStream>>(
      kDeadline, {},
      [&server = world_.server, parameters = ask.parameters] { return server.Watch(parameters); });
  ListWatch::WatchEnd end;
  if (stream) {
    end = Follow(**stream, world_.scheduler.now() + ask.timeout);
    (*stream)->ended = true;
  } else {
    end.stream = tl::unexpected(stream.error());
  }
  return steps_.EndWatch(end, Steady());
}

// Reads lines until the stream ends, or is given up.
ListWatch::WatchEnd Replica::Follow(WatchStream& stream, Moment timeout) {
  std::optional<Moment> armed;  // since when silence counts
  if (steps_.bookmarks_come()) armed = world_.scheduler.now();
  while (!life_->dead) {
    while (!stream.lines.empty()) {
      const std::string line = std::move(stream.lines.front());
      stream.lines.erase(stream.lines.begin());
      if (armed) armed = world_.scheduler.now();
      if (!OnLine(line, armed)) return {};
    }
    if (stream.ended) return {Begun(stream.end), false};
    const Moment now = world_.scheduler.now();
    if (!stream.silent && now >= timeout) return {};
    if (now >= timeout + seconds(30)) return {Begun(tl::unexpected(NoAnswer())), false};
    const Moment quiet = armed ? *armed + steps_.options().quiet_limit : kFar;
    if (now >= quiet) return {Begun(tl::unexpected(NoAnswer())), true};
    const Moment end = stream.silent ? timeout + seconds(30) : timeout;
    world_.scheduler.Wait(std::min(end, quiet), &stream.changed);
  }
  return {};
}

bool Replica::OnLine(const std::string& line, std::optional<Moment>& armed) {
  const Result<WatchEvent> event = ParseWatchEvent(line);
  if (event && event->type == WatchEventType::kBookmark) armed = world_.scheduler.now();
  switch (steps_.OnEvent(event)) {
    case ListWatch::OnEventDo::kPut:
      feed_.Put(*event->object);
      break;
    case ListWatch::OnEventDo::kErase:
      feed_.Erase(*event->object);
      break;
    case ListWatch::OnEventDo::kNothing:
    case ListWatch::OnEventDo::kWarn:
      break;
    case ListWatch::OnEventDo::kEnd:
      return false;
  }
  return true;
}

// The process: waits for its cache, leads, and ends when it may not any more.
void Replica::Run() {
  Scheduler& scheduler = world_.scheduler;
  const std::stop_token stop = stop_.get_token();
  while (!synced_) {
    if (!scheduler.Wait(kFar, &changed_, stop)) return;
    if (stop.stop_requested()) break;
  }
  if (!stop.stop_requested() && (!options_.elects || Acquire())) {
    const std::stop_callback forward(stop, [this] { leading_.request_stop(); });
    ++world_.figures.handovers;
    if (options_.elects) {
      scheduler.Spawn(life_, [this] { Renew(); });
      scheduler.Spawn(life_, [this] { Watchdog(); });
    }
    for (working_ = 0; working_ < options_.workers; ++working_) {
      scheduler.Spawn(life_, [this] { Work(); });
    }
    while (working_ > 0) {
      if (!scheduler.Wait(kFar, &changed_)) return;
    }
    work_over_ = true;
    changed_.Notify(scheduler);
    lead_ = false;
    if (options_.elects && !lost_) Release();
  }
  if (!life_->dead) ended_ = true;
}

bool Replica::Acquire() {
  Scheduler& scheduler = world_.scheduler;
  while (!stop_.stop_requested() && !life_->dead) {
    const Moment asked = scheduler.now();
    if (Try() == LeaseBid::Outcome::kHeld && !life_->dead) {
      lead_ = true;
      renewed_ = asked;
      return true;
    }
    const Moment pause = scheduler.random().Between(kTiming.retry_period, milliseconds(4400));
    if (!scheduler.Sleep(pause, stop_.get_token())) return false;
  }
  return false;
}

LeaseBid::Outcome Replica::Try() {
  LeaseBid::Call call = bid_.Begin(Boot(), effects_.Now());
  while (true) {
    const auto answer = OnLease(call);
    auto next = bid_.After(answer, Boot(), effects_.Now());
    if (const auto* outcome = std::get_if<LeaseBid::Outcome>(&next)) return *outcome;
    call = std::get<LeaseBid::Call>(std::move(next));
  }
}

ApiResult<schemaop::Lease> Replica::OnLease(const LeaseBid::Call& call) {
  return wire_.Ask<schemaop::Lease>(
      kLeaseDeadline, {}, [&server = world_.server, call] { return server.OnLease(call); });
}

void Replica::Renew() {
  while (!work_over_ &&
         world_.scheduler.Wait(world_.scheduler.now() + kTiming.retry_period, &changed_)) {
    if (work_over_ || lost_) return;
    const Moment asked = world_.scheduler.now();
    const LeaseBid::Outcome outcome = Try();
    if (life_->dead || lost_) return;
    if (outcome == LeaseBid::Outcome::kHeld) {
      lead_ = true;
      renewed_ = asked;
    }
    if (outcome == LeaseBid::Outcome::kNotHeld) {
      return Lose(world_.scheduler.now() + kTiming.retry_period);
    }
  }
}

void Replica::Watchdog() {
  Scheduler& scheduler = world_.scheduler;
  while (!work_over_) {
    const Moment due = lost_ ? end_by_ : renewed_ + kTiming.renew_deadline;
    if (scheduler.now() < due) {
      if (!scheduler.Wait(due, &changed_)) return;
    } else if (lost_) {
      // LeaderElectionOptions::expired ends the process.
      ended_ = true;
      return;
    } else {
      Lose(kFar);
    }
  }
}

void Replica::Lose(Moment end_by) {
  if (lost_) return;
  lost_ = true;
  lead_ = false;
  end_by_ = std::min<Moment>(end_by, renewed_ + kTiming.duration);
  leading_.request_stop();
  changed_.Notify(world_.scheduler);
}

void Replica::Release() {
  for (int i = 0; i < 3; ++i) {
    const auto release = bid_.Release(effects_.Now());
    if (!release || OnLease(*release)) return;
    const auto lease = OnLease(LeaseBid::Read{});
    if (!lease) return;
    bid_.Note(*lease, Boot());
  }
}

void Replica::Work() {
  ObjectKey key;
  while (NextKey(key)) {
    ++world_.figures.visits;
    const ReconcileResult result = reconciler_.Reconcile(key, leading_.get_token());
    if (life_->dead) return;
    Handle(key, result);
    queue_.Done(key, Steady());
    queue_grew_.Notify(world_.scheduler);
  }
  --working_;
  changed_.Notify(world_.scheduler);
}

bool Replica::NextKey(ObjectKey& key) {
  const std::stop_token stop = leading_.get_token();
  while (!life_->dead && !stop.stop_requested()) {
    while (queue_.AddDue(Steady())) {
    }
    if (auto taken = queue_.Take(Steady())) {
      key = std::move(taken->key);
      return true;
    }
    const auto due = queue_.NextDue();
    const Moment until = due ? Moment(due->time_since_epoch()) : kFar;
    world_.scheduler.Wait(until, &queue_grew_, stop);
  }
  return false;
}

// As ControllerLoop::Handle.
void Replica::Handle(const ObjectKey& key, const ReconcileResult& result) {
  if (std::holds_alternative<RequeueWithBackoff>(result)) {
    queue_.AddAt(key, Steady() + queue_.NextBackoff(key));
    return;
  }
  queue_.Forget(key);
  if (world_.options.planted == Planted::kLostRequeue) return;
  if (const auto* later = std::get_if<RequeueAfter>(&result)) {
    queue_.AddAt(key, Steady() + later->delay, WorkPriority::kLow);
  }
}

}  // namespace schemaop::simulation
