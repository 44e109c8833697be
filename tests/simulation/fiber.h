// Code that blocks, run piece by piece on one thread: what waits hands over, and goes on when it is
// resumed.
#pragma once

#include <functional>
#include <memory>

namespace schemaop::simulation {

// A function with a stack of its own (makecontext(3)). Exceptions must not leave it, and it must
// not hand over while one is handled.
class Fiber {
 public:
  explicit Fiber(std::function<void()> body);
  // REQUIRES: it has not begun, or is finished.
  ~Fiber();
  Fiber(const Fiber&) = delete;
  Fiber& operator=(const Fiber&) = delete;

  // Runs it until it hands over or ends. Not from within a fiber.
  void Resume();

  // Hands over to whoever resumed it. REQUIRES: it is the one that runs.
  void HandOver();

  bool finished() const { return finished_; }

 private:
  struct Context;
  static void Begin();

  std::function<void()> body_;
  std::unique_ptr<Context> context_;
  bool finished_ = false;
};

}  // namespace schemaop::simulation
