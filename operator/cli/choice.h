// Options that take one word of a few.
#pragma once

#include <cstddef>
#include <functional>
#include <string>
#include <vector>

namespace CLI {
class App;
class Option;
}  // namespace CLI

namespace schemaop {

// Adds option (or positional) `name` to `app`; `chosen` is called with the index into `words` of
// the word given. Any other word is a usage error that names them all. The result belongs to `app`.
CLI::Option* AddChoice(CLI::App& app, const std::string& name,
                       const std::vector<std::string>& words,
                       std::function<void(std::size_t)> chosen, const std::string& description);

}  // namespace schemaop
