// A connection to a model database, from a replica's side: round trips that take time and may be
// lost.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <stop_token>
#include <string>
#include <utility>

#include "faults.h"
#include "model_database.h"
#include "scheduler.h"

namespace schemaop::simulation {

// Closed when it goes; when its process was killed the server notices only a while later, and what
// was under way may still take effect.
class DatabaseLink {
 public:
  DatabaseLink(Scheduler& scheduler, const Faults& faults, ModelDatabase& database,
               std::shared_ptr<Life> life)
      : scheduler_(scheduler), faults_(faults), database_(database), life_(std::move(life)) {}
  ~DatabaseLink();
  DatabaseLink(const DatabaseLink&) = delete;
  DatabaseLink& operator=(const DatabaseLink&) = delete;

  Result<void> Open(const std::string& password, const std::string& application,
                    const std::stop_token& stop);

  // One request: `execute` runs at the server, once or, when the connection is lost before, never.
  // kUnavailable when it is lost, kCancelled after a stop.
  template <typename T>
  Result<T> Ask(const std::stop_token& stop, std::function<Result<T>()> execute) {
    auto answer = std::make_shared<std::optional<Result<T>>>();
    const auto lost =
        RoundTrip([answer, execute = std::move(execute)] { *answer = execute(); }, stop);
    if (lost) return Fail(*lost);
    return **answer;
  }

  bool connected() const { return session_ && session_->open && !lost_; }
  ModelDatabase::Session& session() { return *session_; }
  std::shared_ptr<ModelDatabase::Session> shared_session() const { return session_; }
  ModelDatabase& database() { return database_; }
  Scheduler& scheduler() { return scheduler_; }
  const Faults& faults() const { return faults_; }
  const std::shared_ptr<Life>& life() const { return life_; }

 private:
  // Why there is no answer; nullopt when there is one.
  std::optional<Error> RoundTrip(std::function<void()> execute, const std::stop_token& stop);
  void Lose();

  Scheduler& scheduler_;
  const Faults& faults_;
  ModelDatabase& database_;
  std::shared_ptr<Life> life_;
  std::shared_ptr<ModelDatabase::Session> session_;
  bool lost_ = false;
};

}  // namespace schemaop::simulation
