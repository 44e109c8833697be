#include "cli/editor.h"

#include <cerrno>
#include <csignal>
#include <cstdlib>
#include <spawn.h>
#include <sys/wait.h>
#include <system_error>
#include <unistd.h>

#include <fmt/format.h>

namespace schemaop {
namespace {

std::string NamedEditor() {
  for (const char* variable : {"VISUAL", "EDITOR"}) {
    const char* value = std::getenv(variable);
    if (value != nullptr && *value != '\0') return value;
  }
  return "";
}

// The child's signals are those of a program started from a shell, whatever this process blocks.
int Spawn(std::vector<std::string> words, pid_t& child) {
  std::vector<char*> arguments;
  for (std::string& word : words) arguments.push_back(word.data());
  arguments.push_back(nullptr);
  sigset_t none;
  sigset_t defaults;
  sigemptyset(&none);
  sigemptyset(&defaults);
  sigaddset(&defaults, SIGPIPE);
  posix_spawnattr_t attributes;
  posix_spawnattr_init(&attributes);
  posix_spawnattr_setsigmask(&attributes, &none);
  posix_spawnattr_setsigdefault(&attributes, &defaults);
  posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF);
  const int error =
      posix_spawnp(&child, arguments.front(), nullptr, &attributes, arguments.data(), environ);
  posix_spawnattr_destroy(&attributes);
  return error;
}

}  // namespace

Outcome<void> EditFiles(const std::vector<std::string>& files) {
  const std::string editor = NamedEditor();
  if (editor.empty()) {
    return Refuse(ExitCode::kUsage,
                  "no editor is named: set VISUAL or EDITOR, for example: export EDITOR=nano");
  }
  std::vector<std::string> words{"sh", "-c", editor + " \"$@\"", editor};
  words.insert(words.end(), files.begin(), files.end());
  pid_t child = -1;
  if (const int error = Spawn(std::move(words), child); error != 0) {
    return Refuse(ExitCode::kFailed, fmt::format("cannot start the editor '{}': {}", editor,
                                                 std::generic_category().message(error)));
  }
  int status = 0;
  while (waitpid(child, &status, 0) < 0 && errno == EINTR) {
  }
  if (WIFEXITED(status) && WEXITSTATUS(status) == 0) return {};
  const std::string how = WIFEXITED(status) ? fmt::format("with exit code {}", WEXITSTATUS(status))
                                            : fmt::format("by signal {}", WTERMSIG(status));
  return Refuse(ExitCode::kFailed, fmt::format("the editor '{}' ended {}", editor, how));
}

}  // namespace schemaop
