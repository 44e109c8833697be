#include "base/child_process.h"

#include <algorithm>
#include <array>
#include <cerrno>
#include <csignal>
#include <cstdlib>
#include <cstring>
#include <fcntl.h>
#include <poll.h>
#include <spawn.h>
#include <string_view>
#include <sys/wait.h>
#include <system_error>
#include <thread>
#include <unistd.h>

#include <fmt/format.h>

namespace schemaop {
namespace {

using Clock = std::chrono::steady_clock;

constexpr std::chrono::milliseconds kLookAgain{50};
constexpr std::chrono::seconds kGrace{5};

// A pipe whose ends are closed with it.
struct Pipe {
  Pipe() { open = pipe2(ends.data(), O_CLOEXEC) == 0; }
  ~Pipe() {
    for (const int end : ends) {
      if (end >= 0) close(end);
    }
  }
  Pipe(const Pipe&) = delete;
  Pipe& operator=(const Pipe&) = delete;

  void CloseWriteEnd() {
    close(ends[1]);
    ends[1] = -1;
  }

  std::array<int, 2> ends{-1, -1};
  bool open = false;
};

std::string Reason(int error) { return std::generic_category().message(error); }

// What posix_spawn(3) takes: pointers it does not change, and a null one behind them.
std::vector<char*> Pointers(const std::vector<std::string>& texts) {
  std::vector<char*> pointers;
  // NOLINTNEXTLINE(cppcoreguidelines-pro-type-const-cast)
  for (const std::string& text : texts) pointers.push_back(const_cast<char*>(text.c_str()));
  pointers.push_back(nullptr);
  return pointers;
}

// This process's variables with those of `command` in their place.
std::vector<std::string> EnvironmentOf(const ChildCommand& command) {
  std::vector<std::string> variables;
  for (char** variable = environ; *variable != nullptr; ++variable) {
    const std::string_view text = *variable;
    const std::string_view name = text.substr(0, text.find('='));
    bool replaced = false;
    for (const auto& [ours, value] : command.environment) replaced = replaced || name == ours;
    if (!replaced) variables.emplace_back(text);
  }
  for (const auto& [name, value] : command.environment) variables.push_back(name + "=" + value);
  return variables;
}

// Open files and signals of a child. SIGPIPE is ignored by our programs and must not be by theirs.
class SpawnSettings {
 public:
  SpawnSettings(const ChildCommand& command, int output) {
    posix_spawn_file_actions_init(&actions);
    posix_spawnattr_init(&attributes);
    short flags = POSIX_SPAWN_SETSIGDEF | POSIX_SPAWN_SETSIGMASK;
    if (command.input == ChildCommand::Input::kNothing) {
      posix_spawn_file_actions_addopen(&actions, STDIN_FILENO, "/dev/null", O_RDONLY, 0);
      flags |= POSIX_SPAWN_SETPGROUP;  // so that one signal reaches all it starts
    }
    posix_spawn_file_actions_adddup2(&actions, output, STDOUT_FILENO);
    if (command.complaints == ChildCommand::Complaints::kWithOutput) {
      posix_spawn_file_actions_adddup2(&actions, output, STDERR_FILENO);
    }
    if (!command.folder.empty()) {
      posix_spawn_file_actions_addchdir_np(&actions, command.folder.c_str());
    }
    sigset_t signals;
    sigemptyset(&signals);
    posix_spawnattr_setsigmask(&attributes, &signals);
    sigaddset(&signals, SIGPIPE);
    posix_spawnattr_setsigdefault(&attributes, &signals);
    posix_spawnattr_setflags(&attributes, flags);
  }
  ~SpawnSettings() {
    posix_spawnattr_destroy(&attributes);
    posix_spawn_file_actions_destroy(&actions);
  }
  SpawnSettings(const SpawnSettings&) = delete;
  SpawnSettings& operator=(const SpawnSettings&) = delete;

  posix_spawn_file_actions_t actions{};
  posix_spawnattr_t attributes{};
};

// 0, or why the program did not start.
int Start(const ChildCommand& command, int output, pid_t* child) {
  const std::vector<std::string> environment = EnvironmentOf(command);
  const SpawnSettings settings(command, output);
  return posix_spawnp(child, command.words.front().c_str(), &settings.actions, &settings.attributes,
                      Pointers(command.words).data(), Pointers(environment).data());
}

// Reads what a child prints, waits for its end, and ends it when it must.
class Supervisor {
 public:
  Supervisor(const ChildCommand& command, pid_t child, int file, const std::stop_token& stop)
      : command_(command), child_(child), file_(file), stop_(stop) {}

  // Until nothing more can come.
  void Read(std::string& output) {
    std::array<char, 4096> block{};
    while (true) {
      EndWhenDue(output.size());
      pollfd state{.fd = file_, .events = POLLIN, .revents = 0};
      if (::poll(&state, 1, static_cast<int>(kLookAgain.count())) <= 0) {
        // What it started may hold the pipe for ever.
        if (killed_) return;
        continue;
      }
      const ssize_t count = ::read(file_, block.data(), block.size());
      if (count < 0 && errno == EINTR) continue;
      if (count <= 0) return;
      if (ended_) output.append(block.data(), static_cast<std::size_t>(count));
    }
  }

  // Its exit code. A child may close its output long before it ends.
  int Reap() {
    int status = 0;
    for (std::chrono::milliseconds pause(1);; pause = std::min(pause * 2, kLookAgain)) {
      const pid_t reaped = waitpid(child_, &status, WNOHANG);
      if (reaped > 0 || (reaped < 0 && errno != EINTR)) break;
      EndWhenDue(0);
      std::this_thread::sleep_for(pause);
    }
    return WIFSIGNALED(status) ? 128 + WTERMSIG(status) : WEXITSTATUS(status);
  }

  // Why it was ended early; success when it was not.
  const Result<void>& ended() const { return ended_; }

 private:
  void EndWhenDue(std::size_t printed) {
    const Clock::time_point now = Clock::now();
    if (!ended_) {
      if (now >= kill_at_) {
        Signal(SIGKILL);
        killed_ = true;
      }
      return;
    }
    if (stop_.stop_requested()) {
      ended_ = Fail(ErrorCode::kCancelled, "stopped on request");
    } else if (now >= command_.deadline) {
      ended_ = Fail(ErrorCode::kUnavailable,
                    fmt::format("{} did not end in time", command_.words.front()));
    } else if (printed > command_.max_output_bytes) {
      ended_ = Fail(ErrorCode::kRejected,
                    fmt::format("{} prints more than {} bytes", command_.words.front(),
                                command_.max_output_bytes));
    } else {
      return;
    }
    Signal(SIGTERM);
    kill_at_ = now + kGrace;
  }

  void Signal(int signal) const {
    kill(command_.input == ChildCommand::Input::kNothing ? -child_ : child_, signal);
  }

  const ChildCommand& command_;
  const pid_t child_;
  const int file_;
  const std::stop_token& stop_;
  Result<void> ended_;
  Clock::time_point kill_at_ = Clock::time_point::max();
  bool killed_ = false;
};

}  // namespace

Result<ChildResult> RunChild(const ChildCommand& command, const std::stop_token& stop) {
  Pipe pipe;
  if (!pipe.open) {
    return Fail(ErrorCode::kInternal, fmt::format("cannot make a pipe: {}", Reason(errno)));
  }
  pid_t child = -1;
  const int error = Start(command, pipe.ends[1], &child);
  if (error != 0) {
    return Fail(error == ENOENT ? ErrorCode::kNotFound : ErrorCode::kInternal,
                fmt::format("cannot run {}: {}", command.words.front(), Reason(error)));
  }
  pipe.CloseWriteEnd();
  ChildResult result;
  Supervisor supervisor(command, child, pipe.ends[0], stop);
  supervisor.Read(result.output);
  result.exit_code = supervisor.Reap();
  if (const auto& ended = supervisor.ended(); !ended) return Fail(ended.error());
  return result;
}

}  // namespace schemaop
