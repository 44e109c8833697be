#include "fiber.h"

#include <cstddef>
#include <cstdlib>
#include <ucontext.h>
#include <utility>
#include <vector>

#if defined(__SANITIZE_ADDRESS__)
#include <sanitizer/common_interface_defs.h>
#endif
#if defined(__SANITIZE_THREAD__)
#include <sanitizer/tsan_interface.h>
#endif

namespace schemaop::simulation {
namespace {

constexpr std::size_t kStackSize = std::size_t{512} << 10U;

// Stacks are used again: thousands of fibers live one after another.
class StackPool {
 public:
  ~StackPool() {
    for (void* stack : free_) std::free(stack);
  }
  void* Take() {
    if (free_.empty()) return std::malloc(kStackSize);
    void* stack = free_.back();
    free_.pop_back();
    return stack;
  }
  void Give(void* stack) { free_.push_back(stack); }

 private:
  std::vector<void*> free_;
};

StackPool& Stacks() {
  static StackPool pool;
  return pool;
}

Fiber* running = nullptr;

}  // namespace

struct Fiber::Context {
  ucontext_t own{};
  ucontext_t resumer{};
  void* stack = nullptr;
#if defined(__SANITIZE_ADDRESS__)
  void* fake_stack = nullptr;
  void* resumer_fake_stack = nullptr;
  const void* resumer_stack = nullptr;
  std::size_t resumer_size = 0;
#endif
#if defined(__SANITIZE_THREAD__)
  void* seen_as = __tsan_create_fiber(0);
  void* resumer_seen_as = nullptr;
  ~Context() { __tsan_destroy_fiber(seen_as); }
#endif

  void SwitchIn() {
#if defined(__SANITIZE_ADDRESS__)
    __sanitizer_start_switch_fiber(&resumer_fake_stack, stack, kStackSize);
#endif
#if defined(__SANITIZE_THREAD__)
    resumer_seen_as = __tsan_get_current_fiber();
    __tsan_switch_to_fiber(seen_as, 0);
#endif
    swapcontext(&resumer, &own);
#if defined(__SANITIZE_ADDRESS__)
    __sanitizer_finish_switch_fiber(resumer_fake_stack, nullptr, nullptr);
#endif
  }

  void Arrived() {
#if defined(__SANITIZE_ADDRESS__)
    __sanitizer_finish_switch_fiber(fake_stack, &resumer_stack, &resumer_size);
#endif
  }

  // Inline: ThreadSanitizer wants a function to end as the fiber it began as.
  [[gnu::always_inline]] inline void Leaving([[maybe_unused]] bool for_good) {
#if defined(__SANITIZE_ADDRESS__)
    __sanitizer_start_switch_fiber(for_good ? nullptr : &fake_stack, resumer_stack, resumer_size);
#endif
#if defined(__SANITIZE_THREAD__)
    __tsan_switch_to_fiber(resumer_seen_as, 0);
#endif
  }
};

Fiber::Fiber(std::function<void()> body)
    : body_(std::move(body)), context_(std::make_unique<Context>()) {}

Fiber::~Fiber() {
  if (context_->stack != nullptr) Stacks().Give(context_->stack);
}

void Fiber::Begin() {
  Fiber* self = running;
  self->context_->Arrived();
  self->body_();
  self->body_ = nullptr;
  self->finished_ = true;
  self->context_->Leaving(/*for_good=*/true);
  swapcontext(&self->context_->own, &self->context_->resumer);
}

void Fiber::Resume() {
  if (context_->stack == nullptr) {
    context_->stack = Stacks().Take();
    getcontext(&context_->own);
    context_->own.uc_stack.ss_sp = context_->stack;
    context_->own.uc_stack.ss_size = kStackSize;
    context_->own.uc_link = nullptr;
    makecontext(&context_->own, &Fiber::Begin, 0);
  }
  running = this;
  context_->SwitchIn();
  running = nullptr;
}

void Fiber::HandOver() {
  context_->Leaving(/*for_good=*/false);
  swapcontext(&context_->own, &context_->resumer);
  context_->Arrived();
}

}  // namespace schemaop::simulation
