#include "cli/duration_option.h"

#include <CLI/CLI.hpp>
#include <fmt/format.h>

#include "base/text.h"
#include "base/time.h"

namespace schemaop {
namespace {

using std::chrono::milliseconds;

constexpr milliseconds kLongest = std::chrono::hours(24);

}  // namespace

void AddDurationOption(CLI::App& command, const std::string& name, milliseconds least,
                       std::optional<milliseconds>& value, const std::string& description) {
  const auto check = [least](const std::string& text) -> std::string {
    const auto duration = ParseDuration(text);
    if (!duration) {
      return fmt::format("'{}' is not a duration; write it like 90s, 10m or 1h30m",
                         Truncate(text, 40));
    }
    if (*duration < least) return fmt::format("'{}' must be more than zero", text);
    if (*duration > kLongest) return fmt::format("'{}' must be at most 24h", text);
    return "";
  };
  command
      .add_option_function<std::string>(
          name, [&value](const std::string& text) { value = *ParseDuration(text); }, description)
      ->check(CLI::Validator(check, ""))
      ->type_name("DURATION");
}

}  // namespace schemaop
