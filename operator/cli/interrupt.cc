#include "cli/interrupt.h"

#include <csignal>
#include <pthread.h>
#include <string_view>
#include <unistd.h>

#include "cli/exit_code.h"

namespace schemaop {
namespace {

sigset_t StopSignals() {
  sigset_t signals;
  sigemptyset(&signals);
  sigaddset(&signals, SIGINT);
  sigaddset(&signals, SIGTERM);
  return signals;
}

void Say(std::string_view text) {
  // Nothing can be done about a standard error that is gone.
  [[maybe_unused]] const ssize_t written = write(STDERR_FILENO, text.data(), text.size());
}

}  // namespace

InterruptWatch::InterruptWatch() {
  const sigset_t signals = StopSignals();
  pthread_sigmask(SIG_BLOCK, &signals, nullptr);
  thread_ = std::thread([this] { Watch(); });
}

InterruptWatch::~InterruptWatch() {
  done_ = true;
  // The signal is blocked in every thread: it ends the wait, not the thread.
  // NOLINTNEXTLINE(bugprone-bad-signal-to-kill-thread)
  pthread_kill(thread_.native_handle(), SIGTERM);
  thread_.join();
}

void InterruptWatch::Watch() {
  const sigset_t signals = StopSignals();
  for (bool asked = false;; asked = true) {
    int signal = 0;
    if (sigwait(&signals, &signal) != 0 || done_) return;
    // The command may hold any lock or be inside any call: only _exit is safe from here.
    if (asked) _exit(static_cast<int>(ExitCode::kInterrupted));
    Say("schemactl: interrupted: cancelling and rolling back; press Ctrl-C again to stop at "
        "once\n");
    stop_.request_stop();
  }
}

}  // namespace schemaop
