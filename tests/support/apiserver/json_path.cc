#include "tests/support/apiserver/json_path.h"

#include <algorithm>
#include <charconv>

namespace schemaop::devcluster {
namespace {

std::string Unquoted(const std::string& text) {
  const bool quoted = text.size() >= 2 && (text.front() == '\'' || text.front() == '"') &&
                      text.back() == text.front();
  return quoted ? text.substr(1, text.size() - 2) : text;
}

// One step of a path: a member name, or the inside of brackets.
struct Step {
  bool bracket = false;
  std::string text;
};

// Where the bracket that opens at `open` ends; quoted brackets do not count.
std::size_t ClosingBracket(const std::string& path, std::size_t open) {
  char quote = 0;
  for (std::size_t i = open + 1; i < path.size(); ++i) {
    if (quote) {
      if (path[i] == quote) quote = 0;
    } else if (path[i] == '\'' || path[i] == '"') {
      quote = path[i];
    } else if (path[i] == ']') {
      return i;
    }
  }
  return path.size();
}

std::vector<Step> Steps(const std::string& path) {
  std::vector<Step> steps;
  std::size_t i = 0;
  while (i < path.size()) {
    if (path[i] == '[') {
      const std::size_t end = ClosingBracket(path, i);
      steps.push_back({true, path.substr(i + 1, end - i - 1)});
      i = end + 1;
      continue;
    }
    if (path[i] == '.') ++i;
    Step step;
    for (; i < path.size() && path[i] != '.' && path[i] != '['; ++i) {
      if (path[i] == '\\' && i + 1 < path.size()) ++i;
      step.text += path[i];
    }
    if (!step.text.empty()) steps.push_back(std::move(step));
  }
  return steps;
}

std::vector<Json> Find(const std::vector<Json>& from, const Step& step);

// [?(@.type=="Ready")]: items whose path compares equal to the literal.
std::vector<Json> Filter(const Json& list, const std::string& condition) {
  const std::size_t at = condition.find("@.");
  const std::size_t equals = condition.find("==");
  const std::size_t close = condition.rfind(')');
  if (at == std::string::npos || equals == std::string::npos || close == std::string::npos)
    return {};
  const auto trim = [](std::string text) {
    std::erase(text, ' ');
    return text;
  };
  const std::string member = trim(condition.substr(at + 1, equals - at - 1));
  std::string literal = condition.substr(equals + 2, close - equals - 2);
  literal.erase(0, literal.find_first_not_of(' '));
  literal.erase(literal.find_last_not_of(' ') + 1);
  const std::string wanted = Unquoted(literal);
  std::vector<Json> found;
  for (const Json& item : list) {
    const Json value = FirstAt(item, member);
    if ((value.is_string() ? value.get<std::string>() : value.dump()) == wanted)
      found.push_back(item);
  }
  return found;
}

std::vector<Json> Bracketed(const Json& value, const std::string& inside) {
  if (inside.starts_with("?"))
    return value.is_array() ? Filter(value, inside) : std::vector<Json>();
  if (inside == "*") return {value.begin(), value.end()};
  if (value.is_array()) {
    std::size_t index = 0;
    const auto end = inside.data() + inside.size();
    if (std::from_chars(inside.data(), end, index).ptr != end || index >= value.size()) return {};
    return {value[index]};
  }
  const std::string key = Unquoted(inside);
  if (value.is_object() && value.contains(key)) return {value[key]};
  return {};
}

std::vector<Json> Find(const std::vector<Json>& from, const Step& step) {
  std::vector<Json> found;
  for (const Json& value : from) {
    if (step.bracket) {
      for (Json& one : Bracketed(value, step.text)) found.push_back(std::move(one));
    } else if (value.is_object() && value.contains(step.text)) {
      found.push_back(value[step.text]);
    }
  }
  return found;
}

}  // namespace

Json FirstAt(const Json& object, const std::string& path) {
  std::vector<Json> values = {object};
  for (const Step& step : Steps(path)) values = Find(values, step);
  return values.empty() ? Json() : values.front();
}

}  // namespace schemaop::devcluster
