// What a command is: a function from its parsed arguments and its surroundings to an outcome.
#pragma once

#include <functional>
#include <stop_token>
#include <string>

#include <tl/expected.hpp>

#include "base/error.h"
#include "cli/exit_code.h"
#include "cli/global_options.h"
#include "cli/output.h"

namespace schemaop {

// Why a command ends with another exit code than 0. The message is for a person and says what to
// type next; its first line is printed after "schemactl: ". Never holds a secret.
struct CommandFailure {
  ExitCode code = ExitCode::kFailed;
  std::string message;

  bool operator==(const CommandFailure&) const = default;
};

template <typename T>
using Outcome = tl::expected<T, CommandFailure>;

// `return Refuse(ExitCode::kUsage, "...")`
inline tl::unexpected<CommandFailure> Refuse(ExitCode code, std::string message) {
  return tl::unexpected<CommandFailure>(CommandFailure{code, std::move(message)});
}

// The failure that `error` is when nothing more is known, see ExitCodeFor.
inline tl::unexpected<CommandFailure> Refuse(const Error& error) {
  return Refuse(ExitCodeFor(error), error.message);
}

// What a command works with. Lives as long as the command runs.
struct CommandContext {
  const GlobalOptions& globals;
  Output& output;
  std::stop_token stop;  // stop is requested by the first SIGINT or SIGTERM
};

using Command = std::function<Outcome<void>(CommandContext&)>;

}  // namespace schemaop
