// Options that take a span of time: 90s, 10m, 1h30m.
#pragma once

#include <chrono>
#include <optional>
#include <string>

namespace CLI {
class App;
}

namespace schemaop {

// Adds option `name` to `command`; what is typed goes into `value`. Anything that is no duration,
// less than `least` or more than a day is a usage error.
void AddDurationOption(CLI::App& command, const std::string& name, std::chrono::milliseconds least,
                       std::optional<std::chrono::milliseconds>& value,
                       const std::string& description);

}  // namespace schemaop
