// The order in which everything happens in a simulated run: virtual time, and chance among what is
// due.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <set>
#include <stop_token>
#include <utility>
#include <vector>

#include "fiber.h"
#include "random.h"

namespace schemaop::simulation {

class Scheduler;

// One life of a process: what its tasks share. A dead one's tasks run to their ends without having
// any effect; a paused one's (SIGSTOP) do not run.
struct Life {
  bool dead = false;
  Moment paused_until{0};
};

// What a task can wait for besides time.
class Signal {
 public:
  // Wakes every task that waits for it now.
  void Notify(Scheduler& scheduler);

 private:
  friend class Scheduler;
  std::vector<std::pair<std::uint64_t, std::uint64_t>> waiting_;  // task, its wait
};

// No task waits so long.
inline constexpr Moment kFar = std::chrono::hours(1000);

// An answer on its way to the task that waits for it.
struct Arrival {
  bool arrived = false;
  Signal changed;
};

// One thread, no real time.
class Scheduler {
 public:
  explicit Scheduler(std::uint64_t seed) : random_(seed) {}
  ~Scheduler();

  Moment now() const { return now_; }
  Random& random() { return random_; }

  // Runs `event` at `when`, whoever is dead or paused: something of the world.
  void At(Moment when, std::function<void()> event);

  // Runs `body` as a task of `life` from now on.
  void Spawn(std::shared_ptr<Life> life, std::function<void()> body);

  // Ends every task of `life`, here and now. Not from within one of them.
  void Kill(const std::shared_ptr<Life>& life);

  // Ends every task.
  void KillAll();

  // For tasks. Waits for `until`, `signal` (may be nullptr) or `stop`, whichever comes first. False
  // when the process is dead: return.
  bool Wait(Moment until, Signal* signal, const std::stop_token& stop = {});
  bool Sleep(Moment time, const std::stop_token& stop = {}) {
    return Wait(now_ + time, nullptr, stop);
  }

  // Runs what is due until `end`, or until `done` says so, asked after each piece.
  void RunUntil(Moment end, const std::function<bool()>& done = nullptr);

  // Pieces run so far.
  std::uint64_t pieces() const { return pieces_; }

 private:
  friend class Signal;
  struct Task {
    std::uint64_t id = 0;
    std::shared_ptr<Life> life;
    std::unique_ptr<Fiber> fiber;
    std::uint64_t wait = 0;  // which of its waits it is in
  };
  struct Due {
    Moment when;
    std::uint64_t tie;  // chance, among what is due at once
    std::uint64_t sequence;
    std::uint64_t task;  // 0: `event`
    std::uint64_t wait;
    std::shared_ptr<std::function<void()>> event;
    bool operator<(const Due& other) const {
      return std::tie(when, tie, sequence) < std::tie(other.when, other.tie, other.sequence);
    }
  };

  void Push(Moment when, std::uint64_t task, std::uint64_t wait,
            std::shared_ptr<std::function<void()>> event);
  void Wake(std::uint64_t task, std::uint64_t wait) { Push(now_, task, wait, nullptr); }
  Task* Find(std::uint64_t id);
  void Run(Task& task);
  void RunDue(const Due& due);

  Random random_;
  Moment now_{0};
  std::set<Due> due_;
  std::vector<std::unique_ptr<Task>> tasks_;
  Task* current_ = nullptr;
  std::uint64_t sequence_ = 0;
  std::uint64_t last_task_ = 0;
  std::uint64_t pieces_ = 0;
};

}  // namespace schemaop::simulation
