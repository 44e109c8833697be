#include "cli/child_process.h"

#include <array>
#include <cerrno>
#include <csignal>
#include <fcntl.h>
#include <optional>
#include <spawn.h>
#include <stop_token>
#include <sys/wait.h>
#include <system_error>
#include <unistd.h>

#include <fmt/format.h>

namespace schemaop {
namespace {

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

// 0, or why the program did not start. It leads a process group of its own, so that one signal
// reaches all it starts.
int Start(const std::vector<std::string>& command, const std::filesystem::path& folder, int output,
          pid_t* child) {
  std::vector<char*> arguments;
  for (const std::string& word : command) arguments.push_back(const_cast<char*>(word.c_str()));
  arguments.push_back(nullptr);
  posix_spawn_file_actions_t actions;
  posix_spawn_file_actions_init(&actions);
  posix_spawn_file_actions_addopen(&actions, STDIN_FILENO, "/dev/null", O_RDONLY, 0);
  posix_spawn_file_actions_adddup2(&actions, output, STDOUT_FILENO);
  posix_spawn_file_actions_adddup2(&actions, output, STDERR_FILENO);
  posix_spawn_file_actions_addchdir_np(&actions, folder.c_str());
  posix_spawnattr_t attributes;
  posix_spawnattr_init(&attributes);
  sigset_t defaults;
  sigemptyset(&defaults);
  sigaddset(&defaults, SIGPIPE);  // ignored here, see cli_main.cc
  posix_spawnattr_setsigdefault(&attributes, &defaults);
  sigset_t unblocked;
  sigemptyset(&unblocked);
  posix_spawnattr_setsigmask(&attributes, &unblocked);
  posix_spawnattr_setflags(&attributes,
                           POSIX_SPAWN_SETPGROUP | POSIX_SPAWN_SETSIGDEF | POSIX_SPAWN_SETSIGMASK);
  const int error =
      posix_spawnp(child, arguments.front(), &actions, &attributes, arguments.data(), environ);
  posix_spawnattr_destroy(&attributes);
  posix_spawn_file_actions_destroy(&actions);
  return error;
}

std::string ReadAll(int file) {
  std::string text;
  std::array<char, 4096> block{};
  while (true) {
    const ssize_t count = read(file, block.data(), block.size());
    if (count < 0 && errno == EINTR) continue;
    if (count <= 0) return text;
    text.append(block.data(), static_cast<std::size_t>(count));
  }
}

int WaitFor(pid_t child) {
  int status = 0;
  while (waitpid(child, &status, 0) < 0 && errno == EINTR) {
  }
  return WIFSIGNALED(status) ? 128 + WTERMSIG(status) : WEXITSTATUS(status);
}

}  // namespace

Result<ChildResult> RunChild(const std::vector<std::string>& command,
                             const std::filesystem::path& folder, const std::stop_token& stop) {
  Pipe pipe;
  if (!pipe.open) {
    return Fail(ErrorCode::kInternal, fmt::format("cannot make a pipe: {}", Reason(errno)));
  }
  pid_t child = -1;
  const int error = Start(command, folder, pipe.ends[1], &child);
  if (error != 0) {
    return Fail(error == ENOENT ? ErrorCode::kNotFound : ErrorCode::kInternal,
                fmt::format("cannot run {}: {}", command.front(), Reason(error)));
  }
  pipe.CloseWriteEnd();
  ChildResult result;
  {
    const std::stop_callback end_it(stop, [child] { kill(-child, SIGTERM); });
    result.output = ReadAll(pipe.ends[0]);
  }
  result.exit_code = WaitFor(child);
  if (stop.stop_requested()) return Fail(ErrorCode::kCancelled, "stopped on request");
  return result;
}

}  // namespace schemaop
