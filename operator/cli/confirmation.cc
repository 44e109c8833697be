#include "cli/confirmation.h"

#include <array>
#include <cerrno>
#include <optional>
#include <poll.h>
#include <string_view>
#include <sys/eventfd.h>
#include <unistd.h>

#include <fmt/format.h>

#include "base/text.h"

namespace schemaop {
namespace {

// What is written to when a stop is requested; poll can wait for it.
class StopSignal {
 public:
  explicit StopSignal(const std::stop_token& stop)
      : file_(eventfd(0, EFD_CLOEXEC)), callback_(std::in_place, stop, Notify{this}) {}
  ~StopSignal() {
    callback_.reset();  // before the descriptor that it writes to
    close(file_);
  }
  StopSignal(const StopSignal&) = delete;
  StopSignal& operator=(const StopSignal&) = delete;

  int file() const { return file_; }

 private:
  struct Notify {
    StopSignal* signal;
    void operator()() const { eventfd_write(signal->file_, 1); }
  };

  int file_;
  std::optional<std::stop_callback<Notify>> callback_;
};

// A line of standard input without its end; nullopt after a stop request. The end of input ends the
// line.
std::optional<std::string> ReadLine(const std::stop_token& stop) {
  const StopSignal signal(stop);
  std::string line;
  while (true) {
    std::array<pollfd, 2> files{{{STDIN_FILENO, POLLIN, 0}, {signal.file(), POLLIN, 0}}};
    if (poll(files.data(), files.size(), -1) < 0 && errno != EINTR) return line;
    if (stop.stop_requested()) return std::nullopt;
    if (files[0].revents == 0) continue;
    char c = '\0';
    if (read(STDIN_FILENO, &c, 1) != 1 || c == '\n') return line;
    line += c;
  }
}

}  // namespace

bool CanAsk() { return isatty(STDIN_FILENO) == 1 && isatty(STDERR_FILENO) == 1; }

Outcome<void> AskForName(CommandContext& context, const std::string& label,
                         const std::vector<std::string>& losses) {
  const std::string name = label.substr(0, label.rfind('@'));
  std::string question = fmt::format("This destroys data in {}:\n", label);
  for (const std::string& loss : losses) question += fmt::format("  {}\n", loss);
  question += fmt::format("Type the database's name, {}, to go on: ", name);
  context.output.Question(question);
  const auto answer = ReadLine(context.stop);
  if (!answer) return Refuse(ExitCode::kInterrupted, "interrupted; nothing was changed");
  if (Trim(*answer) == name) return {};
  return Refuse(ExitCode::kRefused,
                fmt::format("'{}' is not the database's name; nothing was changed",
                            Truncate(Trim(*answer), 60)));
}

}  // namespace schemaop
