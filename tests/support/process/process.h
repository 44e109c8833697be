// Child processes, ports and folders for tests: everything a test starts ends with it.
#pragma once

#include <chrono>
#include <filesystem>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <sys/types.h>
#include <vector>

namespace schemaop::testing {

// A new folder below the system's temporary folder, removed with everything in it.
class TempFolder {
 public:
  TempFolder();
  ~TempFolder();
  TempFolder(const TempFolder&) = delete;
  TempFolder& operator=(const TempFolder&) = delete;

  const std::filesystem::path& path() const { return path_; }

 private:
  std::filesystem::path path_;
};

std::string ReadFile(const std::filesystem::path& path);
void WriteFile(const std::filesystem::path& path, const std::string& text);

// A TCP port that was free on 127.0.0.1 a moment ago.
int FreePort();

// Asks `done` every few milliseconds until it says true; false when it has not by `timeout`.
bool WaitUntil(const std::function<bool()>& done,
               std::chrono::milliseconds timeout = std::chrono::seconds(90));

struct ProcessOptions {
  std::vector<std::string> arguments;              // the program first; looked up on PATH
  std::map<std::string, std::string> environment;  // added to (or replacing) this process's own
  std::vector<std::string> unset;                  // variables the child must not see
  std::filesystem::path working_directory;         // empty: this process's
  std::string user;   // when this process is root: who the child runs as
  std::string input;  // what the child reads on standard input
};

// A running child. The destructor ends it: SIGTERM, then SIGKILL after ten seconds. It also dies
// with this process. Once it has ended, what a sanitizer reported on its standard error is thrown
// as std::runtime_error, out of the destructor too (which ends the test program): a test must not
// pass over it, whatever the exit code.
class ChildProcess {
 public:
  // Throws std::runtime_error when the program cannot be started.
  explicit ChildProcess(const ProcessOptions& options);
  ~ChildProcess();
  ChildProcess(const ChildProcess&) = delete;
  ChildProcess& operator=(const ChildProcess&) = delete;

  pid_t pid() const { return pid_; }
  void Signal(int signal) const;
  bool Running();

  // The exit code (128 + n when signal n ended it) once the child has ended; nullopt when it still
  // runs at `timeout`.
  std::optional<int> Wait(std::chrono::milliseconds timeout);

  // What it has written so far.
  std::string Out() const;
  std::string Err() const;

 private:
  TempFolder folder_;
  pid_t pid_ = -1;
  std::optional<int> exit_code_;
};

struct RunResult {
  int exit_code = 0;
  std::string out;
  std::string err;
};

// Runs a child to its end. Throws std::runtime_error, with its output, when it does not end by
// `timeout`.
RunResult Run(const ProcessOptions& options,
              std::chrono::milliseconds timeout = std::chrono::seconds(90));

}  // namespace schemaop::testing
