// One operator process on the model world: reflector, queue, workers, election and reconciler, put
// together as controller/operator.cc does, with tasks for threads.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <stop_token>
#include <string>

#include "base/logger.h"
#include "controller/reconciler.h"
#include "model_effects.h"
#include "policy/next_visit.h"
#include "runtime/lease_bid.h"
#include "runtime/list_watch.h"
#include "runtime/metrics.h"
#include "runtime/queue_state.h"
#include "runtime/store.h"
#include "runtime/store_feed.h"

namespace schemaop::simulation {

struct ReplicaOptions {
  int number = 0;  // which of the replicas
  int life = 0;    // how often it was started before
  int workers = 1;
  bool elects = true;  // false: the only one
  int page_size = 500;
};

class Replica {
 public:
  Replica(ModelWorld& world, ReplicaOptions options, Metrics& metrics, const Logger& logger);
  ~Replica();
  Replica(const Replica&) = delete;
  Replica& operator=(const Replica&) = delete;

  // Starts its tasks.
  void Start();
  // SIGTERM: ends as soon as the work has ended, gives the lease back.
  void Stop() { stop_.request_stop(); }
  // Whether nothing of it runs any more; then it is to be destroyed.
  bool ended() const { return ended_; }
  const std::shared_ptr<Life>& life() const { return life_; }
  ModelEffects& effects() { return effects_; }
  bool Leads() const;
  // The newest version of an object that it knows; empty: none.
  std::string Knows(const ObjectKey& key) const {
    const auto object = store_.Get(key);
    return object ? object->metadata.resource_version : "";
  }

 private:
  // reflector.cc with tasks.
  void Reflect();
  bool List();
  void WatchUntilListIsNeeded();
  ListWatch::Verdict WatchOnce();
  ListWatch::WatchEnd Follow(WatchStream& stream, Moment timeout);
  bool OnLine(const std::string& line, std::optional<Moment>& armed);

  // leader_election.cc with tasks.
  void Run();
  bool Acquire();
  LeaseBid::Outcome Try();
  void Renew();
  void Watchdog();
  void Lose(Moment end_by);
  void Release();
  ApiResult<schemaop::Lease> OnLease(const LeaseBid::Call& call);

  // controller_loop.cc and work_queue.cc with tasks.
  void Work();
  void Handle(const ObjectKey& key, const ReconcileResult& result);
  bool NextKey(ObjectKey& key);

  BootClock::time_point Boot() const { return BootClock::time_point(world_.scheduler.now()); }
  QueueState::Clock::time_point Steady() const {
    return QueueState::Clock::time_point(world_.scheduler.now());
  }

  ModelWorld& world_;
  ReplicaOptions options_;
  std::shared_ptr<Life> life_ = std::make_shared<Life>();
  std::string identity_;
  Wire wire_;
  ModelEffects effects_;
  Store<KeptSchemaVersion> store_;
  QueueState queue_{QueueBackoff{.most = kLongestPause}};  // as VisitQueueOptions()
  Signal queue_grew_;
  StoreFeed feed_;
  ListWatch steps_;
  LeaseBid bid_;
  SchemaVersionReconciler reconciler_;
  std::stop_source stop_;     // SIGTERM
  std::stop_source leading_;  // of the work
  Signal changed_;            // any of the following
  bool synced_ = false;
  bool lead_ = false;
  bool lost_ = false;
  Moment renewed_{0};
  Moment end_by_{0};  // once lost_: when the work must have ended
  int working_ = 0;   // workers that run
  bool work_over_ = false;
  bool ended_ = false;
};

}  // namespace schemaop::simulation
