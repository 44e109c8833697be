#include "cli/output.h"

#include <cerrno>
#include <cstdio>
#include <cstdlib>
#include <system_error>
#include <unistd.h>

#include "cli/printable.h"

namespace schemaop {
namespace {

bool Is(const char* variable, std::string_view value) {
  const char* found = std::getenv(variable);
  return found != nullptr && value == found;
}

bool IsSet(const char* variable) {
  const char* found = std::getenv(variable);
  return found != nullptr && *found != '\0';
}

bool WantsColor(ColorChoice choice) {
  if (choice != ColorChoice::kAuto) return choice == ColorChoice::kAlways;
  if (IsSet("NO_COLOR")) return false;
  if (IsSet("CLICOLOR_FORCE") && !Is("CLICOLOR_FORCE", "0")) return true;
  return isatty(STDERR_FILENO) == 1 && !Is("CLICOLOR", "0") && !Is("TERM", "dumb");
}

void Write(std::FILE* file, std::string_view text) {
  std::fwrite(text.data(), 1, text.size(), file);
}

}  // namespace

Output::Output(ColorChoice color, bool quiet) : color_(WantsColor(color)), quiet_(quiet) {}

void Output::Result(std::string_view text) {
  if (write_error_ == 0 && std::fwrite(text.data(), 1, text.size(), stdout) != text.size()) {
    write_error_ = errno;
  }
}

void Output::Text(std::string_view text) { Result(EscapeControls(text)); }

void Output::Progress(std::string_view line) {
  if (quiet_) return;
  // The result so far first: on a terminal the two streams are read as one.
  std::fflush(stdout);
  Write(stderr, EscapeControls(line) + "\n");
}

void Output::Question(std::string_view text) {
  std::fflush(stdout);
  Write(stderr, EscapeControls(text));
}

void Output::Warning(std::string_view line) {
  if (!quiet_) WriteMarked("\x1b[33m", "schemactl: warning: ", line);
}

void Output::Failure(std::string_view message) { WriteMarked("\x1b[31m", "schemactl: ", message); }

void Output::WriteMarked(std::string_view color, std::string_view mark,
                         std::string_view text) const {
  std::fflush(stdout);
  std::string line;
  if (color_) line += color;
  line += mark;
  if (color_) line += "\x1b[0m";
  line += EscapeControls(MaskPasswords(text));
  if (!line.ends_with('\n')) line += '\n';
  Write(stderr, line);
}

bool Output::Finish(std::string* reason) {
  if (std::fflush(stdout) != 0 && write_error_ == 0) write_error_ = errno;
  if (write_error_ == 0 || write_error_ == EPIPE) return true;
  *reason = std::generic_category().message(write_error_);
  return false;
}

}  // namespace schemaop
