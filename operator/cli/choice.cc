#include "cli/choice.h"

#include <algorithm>

#include <CLI/CLI.hpp>
#include <fmt/format.h>

#include "base/text.h"
#include "cli/suggest.h"

namespace schemaop {

CLI::Option* AddChoice(CLI::App& app, const std::string& name,
                       const std::vector<std::string>& words,
                       std::function<void(std::size_t)> chosen, const std::string& description) {
  const auto check = [words](const std::string& word) -> std::string {
    if (std::find(words.begin(), words.end(), word) != words.end()) return "";
    return fmt::format("'{}' is none of {}{}", Truncate(word, 40), Join(words, ", "),
                       DidYouMean(word, words));
  };
  const auto take = [words, chosen = std::move(chosen)](const std::string& word) {
    const auto found = std::find(words.begin(), words.end(), word);
    chosen(static_cast<std::size_t>(found - words.begin()));
  };
  return app.add_option_function<std::string>(name, take, description)
      ->check(CLI::Validator(check, ""))
      ->type_name(Join(words, "|"));
}

}  // namespace schemaop
