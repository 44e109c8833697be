#include <csignal>
#include <filesystem>
#include <string>
#include <vector>

#include "cli/cli.h"

int main(int argc, char** argv) {
  // A dead connection is an error to report, not a reason to die.
  std::signal(SIGPIPE, SIG_IGN);
  const std::vector<std::string> arguments(argv + (argc > 0 ? 1 : 0), argv + argc);
  const std::string program =
      argc > 0 ? std::filesystem::path(argv[0]).filename().string() : "schemactl";
  return schemaop::RunCommandLine(program, arguments);
}
