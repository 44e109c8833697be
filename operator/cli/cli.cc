#include "cli/cli.h"

namespace schemaop {

int RunCommandLine(const std::string&, std::span<const std::string>) { return 0; }

}  // namespace schemaop
