#include "process/process.h"

#include <algorithm>
#include <arpa/inet.h>
#include <array>
#include <cerrno>
#include <cstring>
#include <fcntl.h>
#include <fstream>
#include <grp.h>
#include <netinet/in.h>
#include <pwd.h>
#include <signal.h>
#include <sstream>
#include <stdexcept>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <thread>
#include <unistd.h>

extern char** environ;

namespace schemaop::testing {
namespace {

[[noreturn]] void Throw(const std::string& what) {
  throw std::runtime_error(what + ": " + std::strerror(errno));
}

std::vector<std::string> Environment(const ProcessOptions& options) {
  std::vector<std::string> entries;
  for (char** entry = environ; *entry != nullptr; ++entry) {
    const std::string text = *entry;
    const std::string name = text.substr(0, text.find('='));
    const bool unset =
        std::find(options.unset.begin(), options.unset.end(), name) != options.unset.end();
    if (!unset && !options.environment.contains(name)) entries.push_back(text);
  }
  for (const auto& [name, value] : options.environment) entries.push_back(name + "=" + value);
  return entries;
}

std::vector<char*> Pointers(const std::vector<std::string>& texts) {
  std::vector<char*> pointers;
  pointers.reserve(texts.size() + 1);
  for (const std::string& text : texts) pointers.push_back(const_cast<char*>(text.c_str()));
  pointers.push_back(nullptr);
  return pointers;
}

// Everything the child needs between fork and exec, prepared before: only async-signal-safe calls
// follow.
struct Launch {
  std::vector<char*> arguments;
  std::vector<char*> environment;
  const char* folder;
  uid_t user = 0;
  gid_t group = 0;
  bool switch_user = false;
  int input = -1;
  int output = -1;
  int error = -1;
};

[[noreturn]] void Exec(const Launch& launch) {
  sigset_t none;
  sigemptyset(&none);
  sigprocmask(SIG_SETMASK, &none, nullptr);
  signal(SIGPIPE, SIG_DFL);
  if (launch.switch_user &&
      (setgroups(0, nullptr) != 0 || setgid(launch.group) != 0 || setuid(launch.user) != 0)) {
    _exit(127);
  }
  prctl(PR_SET_PDEATHSIG, SIGKILL);
  if (*launch.folder != '\0' && chdir(launch.folder) != 0) _exit(127);
  dup2(launch.input, STDIN_FILENO);
  dup2(launch.output, STDOUT_FILENO);
  dup2(launch.error, STDERR_FILENO);
  execvpe(launch.arguments[0], launch.arguments.data(), launch.environment.data());
  _exit(127);
}

int Open(const std::filesystem::path& path, int flags) {
  const int fd = open(path.c_str(), flags | O_CLOEXEC, 0600);
  if (fd < 0) Throw("open " + path.string());
  return fd;
}

// Whether a sanitizer found something in the process that wrote `text` on standard error.
bool HasSanitizerReport(const std::string& text) {
  constexpr std::array kMarks{"AddressSanitizer", "LeakSanitizer", "ThreadSanitizer",
                              ": runtime error: "};
  return std::any_of(kMarks.begin(), kMarks.end(),
                     [&](const char* mark) { return text.find(mark) != std::string::npos; });
}

}  // namespace

TempFolder::TempFolder() {
  std::string pattern = (std::filesystem::temp_directory_path() / "schemaop-XXXXXX").string();
  if (mkdtemp(pattern.data()) == nullptr) Throw("mkdtemp");
  path_ = pattern;
}

TempFolder::~TempFolder() {
  std::error_code ignored;
  std::filesystem::remove_all(path_, ignored);
}

std::string ReadFile(const std::filesystem::path& path) {
  std::ifstream file(path, std::ios::binary);
  std::ostringstream text;
  text << file.rdbuf();
  return text.str();
}

void WriteFile(const std::filesystem::path& path, const std::string& text) {
  if (path.has_parent_path()) std::filesystem::create_directories(path.parent_path());
  std::ofstream file(path, std::ios::binary);
  file << text;
  if (!file.flush()) throw std::runtime_error("cannot write " + path.string());
}

int FreePort() {
  const int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  socklen_t size = sizeof(address);
  if (bind(fd, reinterpret_cast<sockaddr*>(&address), size) != 0 ||
      getsockname(fd, reinterpret_cast<sockaddr*>(&address), &size) != 0) {
    Throw("no free port");
  }
  close(fd);
  return ntohs(address.sin_port);
}

bool WaitUntil(const std::function<bool()>& done, std::chrono::milliseconds timeout) {
  const auto deadline = std::chrono::steady_clock::now() + timeout;
  while (!done()) {
    if (std::chrono::steady_clock::now() >= deadline) return false;
    std::this_thread::sleep_for(std::chrono::milliseconds(10));
  }
  return true;
}

ChildProcess::ChildProcess(const ProcessOptions& options) {
  WriteFile(folder_.path() / "in", options.input);
  const std::vector<std::string> environment = Environment(options);
  const std::string working_directory = options.working_directory.string();
  Launch launch;
  launch.arguments = Pointers(options.arguments);
  launch.environment = Pointers(environment);
  launch.folder = working_directory.c_str();
  if (!options.user.empty() && geteuid() == 0) {
    const passwd* entry = getpwnam(options.user.c_str());
    if (entry == nullptr) throw std::runtime_error("no user " + options.user);
    launch.user = entry->pw_uid;
    launch.group = entry->pw_gid;
    launch.switch_user = true;
  }
  launch.input = Open(folder_.path() / "in", O_RDONLY);
  launch.output = Open(folder_.path() / "out", O_WRONLY | O_CREAT | O_APPEND);
  launch.error = Open(folder_.path() / "err", O_WRONLY | O_CREAT | O_APPEND);
  pid_ = fork();
  if (pid_ == 0) Exec(launch);
  close(launch.input);
  close(launch.output);
  close(launch.error);
  if (pid_ < 0) Throw("fork");
}

ChildProcess::~ChildProcess() {
  if (!Running()) return;
  Signal(SIGTERM);
  if (Wait(std::chrono::seconds(10))) return;
  Signal(SIGKILL);
  Wait(std::chrono::seconds(10));
}

void ChildProcess::Signal(int signal) const {
  if (!exit_code_) kill(pid_, signal);
}

bool ChildProcess::Running() { return !Wait(std::chrono::milliseconds(0)); }

std::optional<int> ChildProcess::Wait(std::chrono::milliseconds timeout) {
  const auto ended = [&] {
    if (exit_code_) return true;
    int state = 0;
    if (waitpid(pid_, &state, WNOHANG) != pid_) return false;
    exit_code_ = WIFEXITED(state) ? WEXITSTATUS(state) : 128 + WTERMSIG(state);
    return true;
  };
  const bool had_ended = exit_code_.has_value();
  WaitUntil(ended, timeout);
  // The exit code alone may be one that the test expects.
  if (exit_code_ && !had_ended && HasSanitizerReport(Err())) {
    throw std::runtime_error("a sanitizer reported on process " + std::to_string(pid_) + ":\n" +
                             Err());
  }
  return exit_code_;
}

std::string ChildProcess::Out() const { return ReadFile(folder_.path() / "out"); }
std::string ChildProcess::Err() const { return ReadFile(folder_.path() / "err"); }

RunResult Run(const ProcessOptions& options, std::chrono::milliseconds timeout) {
  ChildProcess child(options);
  const std::optional<int> exit_code = child.Wait(timeout);
  if (!exit_code) {
    throw std::runtime_error(options.arguments.at(0) + " did not end in time\n" + child.Out() +
                             child.Err());
  }
  return {*exit_code, child.Out(), child.Err()};
}

}  // namespace schemaop::testing
