#include "scheduler.h"

#include <algorithm>
#include <tuple>

namespace schemaop::simulation {

void Signal::Notify(Scheduler& scheduler) {
  for (const auto& [task, wait] : waiting_) scheduler.Wake(task, wait);
  waiting_.clear();
}

Scheduler::~Scheduler() { KillAll(); }

void Scheduler::KillAll() {
  while (!tasks_.empty()) {
    const std::shared_ptr<Life> life = tasks_.front()->life;
    Kill(life);
  }
}

void Scheduler::Push(Moment when, std::uint64_t task, std::uint64_t wait,
                     std::shared_ptr<std::function<void()>> event) {
  due_.insert({std::max(when, now_), random_.Next(), ++sequence_, task, wait, std::move(event)});
}

void Scheduler::At(Moment when, std::function<void()> event) {
  Push(when, 0, 0, std::make_shared<std::function<void()>>(std::move(event)));
}

void Scheduler::Spawn(std::shared_ptr<Life> life, std::function<void()> body) {
  auto task = std::make_unique<Task>();
  task->id = ++last_task_;
  task->life = std::move(life);
  task->fiber = std::make_unique<Fiber>(std::move(body));
  Push(now_, task->id, 0, nullptr);
  tasks_.push_back(std::move(task));
}

Scheduler::Task* Scheduler::Find(std::uint64_t id) {
  const auto found = std::lower_bound(
      tasks_.begin(), tasks_.end(), id,
      [](const std::unique_ptr<Task>& task, std::uint64_t wanted) { return task->id < wanted; });
  return found != tasks_.end() && (*found)->id == id ? found->get() : nullptr;
}

void Scheduler::Run(Task& task) {
  ++task.wait;
  ++pieces_;
  current_ = &task;
  task.fiber->Resume();
  current_ = nullptr;
  if (!task.fiber->finished()) return;
  std::erase_if(tasks_, [&](const std::unique_ptr<Task>& other) { return other.get() == &task; });
}

void Scheduler::Kill(const std::shared_ptr<Life>& life) {
  life->dead = true;
  while (true) {
    // The newest first: it may be at work for an older one, whose variables it uses.
    const auto task = std::find_if(tasks_.rbegin(), tasks_.rend(),
                                   [&](const auto& candidate) { return candidate->life == life; });
    if (task == tasks_.rend()) return;
    Run(**task);
  }
}

bool Scheduler::Wait(Moment until, Signal* signal, const std::stop_token& stop) {
  Task& task = *current_;
  if (task.life->dead) return false;
  if (stop.stop_requested()) until = now_;
  Push(until, task.id, task.wait, nullptr);
  if (signal != nullptr) signal->waiting_.emplace_back(task.id, task.wait);
  const std::uint64_t wait = task.wait;
  {
    const std::stop_callback wake(stop, [this, &task, wait] { Wake(task.id, wait); });
    task.fiber->HandOver();
  }
  return !task.life->dead;
}

void Scheduler::RunDue(const Due& due) {
  if (due.event) {
    ++pieces_;
    (*due.event)();
    return;
  }
  Task* task = Find(due.task);
  if (task == nullptr || task->wait != due.wait) return;
  if (task->life->paused_until > now_) {
    Push(task->life->paused_until, due.task, due.wait, nullptr);
    return;
  }
  Run(*task);
}

void Scheduler::RunUntil(Moment end, const std::function<bool()>& done) {
  while (!due_.empty() && due_.begin()->when <= end) {
    const Due due = std::move(due_.extract(due_.begin()).value());
    now_ = due.when;
    RunDue(due);
    if (done && done()) return;
  }
  now_ = end;
}

}  // namespace schemaop::simulation
