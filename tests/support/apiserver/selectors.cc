#include "tests/support/apiserver/selectors.h"

#include <algorithm>
#include <cctype>

#include <fmt/format.h>

namespace schemaop::devcluster {
namespace {

using Operator = Requirement::Operator;

std::string Trimmed(std::string text) {
  while (!text.empty() && std::isspace(static_cast<unsigned char>(text.back()))) text.pop_back();
  std::size_t start = 0;
  while (start < text.size() && std::isspace(static_cast<unsigned char>(text[start]))) ++start;
  return text.substr(start);
}

// Splits at commas outside parentheses.
std::vector<std::string> Terms(const std::string& text) {
  std::vector<std::string> terms(1);
  int depth = 0;
  for (const char c : text) {
    if (c == '(') ++depth;
    if (c == ')') --depth;
    if (c == ',' && depth == 0) {
      terms.emplace_back();
    } else {
      terms.back() += c;
    }
  }
  std::vector<std::string> trimmed;
  for (std::string& term : terms) {
    std::string text_of = Trimmed(std::move(term));
    if (!text_of.empty()) trimmed.push_back(std::move(text_of));
  }
  return trimmed;
}

bool IsKey(const std::string& key) {
  return !key.empty() && std::all_of(key.begin(), key.end(), [](unsigned char c) {
    return std::isalnum(c) || c == '-' || c == '_' || c == '.' || c == '/';
  });
}

// "key=a", "key==a", "key!=a"; false when there is no such operator.
bool ParseEquality(const std::string& term, Requirement& out) {
  const std::size_t at = term.find('=');
  if (at == std::string::npos) return false;
  const bool negated = at > 0 && term[at - 1] == '!';
  const std::size_t value = at + (term.compare(at, 2, "==") == 0 ? 2 : 1);
  out.key = Trimmed(term.substr(0, negated ? at - 1 : at));
  out.op = negated ? Operator::kNotIn : Operator::kIn;
  out.values = {Trimmed(term.substr(value))};
  return true;
}

// "key in (a, b)", "key notin (a)".
bool ParseSet(const std::string& term, Requirement& out) {
  const std::size_t open = term.find('(');
  if (open == std::string::npos || term.back() != ')') return false;
  const std::string head = Trimmed(term.substr(0, open));
  const std::size_t space = head.find(' ');
  if (space == std::string::npos) return false;
  const std::string word = Trimmed(head.substr(space));
  if (word != "in" && word != "notin") return false;
  out.key = head.substr(0, space);
  out.op = word == "in" ? Operator::kIn : Operator::kNotIn;
  out.values = Terms(term.substr(open + 1, term.size() - open - 2));
  return true;
}

bool ParseLabelTerm(const std::string& term, Requirement& out) {
  if (ParseSet(term, out) || ParseEquality(term, out)) return IsKey(out.key);
  const bool absent = term.front() == '!';
  out.key = Trimmed(absent ? term.substr(1) : term);
  out.op = absent ? Operator::kAbsent : Operator::kExists;
  return IsKey(out.key);
}

bool Satisfied(const Requirement& need, const std::string* value) {
  const auto in = [&] {
    return value && std::find(need.values.begin(), need.values.end(), *value) != need.values.end();
  };
  switch (need.op) {
    case Operator::kIn:
      return in();
    case Operator::kNotIn:
      return !in();
    case Operator::kExists:
      return value != nullptr;
    case Operator::kAbsent:
      return value == nullptr;
  }
  return false;
}

// The text of the field a dotted path names; "" when it is not there, as the real server has it.
std::string FieldText(const Json& object, const std::string& path) {
  const Json* at = &object;
  std::size_t start = 0;
  while (start <= path.size()) {
    const std::size_t dot = std::min(path.find('.', start), path.size());
    const auto found = at->is_object() ? at->find(path.substr(start, dot - start)) : at->end();
    if (!at->is_object() || found == at->end()) return "";
    at = &*found;
    start = dot + 1;
  }
  if (at->is_string()) return at->get<std::string>();
  return at->is_null() || at->is_structured() ? "" : at->dump();
}

// Events are stored in the core form; the selectors have names of their own for two fields.
std::string EventFieldText(const Json& object, const std::string& path) {
  if (path == "source") return FieldText(object, "source.component");
  return FieldText(object, path);
}

bool Selectable(const ResourceType& type, const std::string& key) {
  if (key == "metadata.name" || (key == "metadata.namespace" && type.namespaced)) return true;
  return std::find(type.selectable.begin(), type.selectable.end(), key) != type.selectable.end();
}

}  // namespace

bool Selector::Matches(const Json& object) const {
  const Json metadata = object.value("metadata", Json::object());
  const Json own = metadata.value("labels", Json::object());
  for (const Requirement& need : labels) {
    const auto found = own.find(need.key);
    const std::string value = found == own.end() ? "" : found->get<std::string>();
    if (!Satisfied(need, found == own.end() ? nullptr : &value)) return false;
  }
  for (const Requirement& need : fields) {
    const std::string value = EventFieldText(object, need.key);
    if (!Satisfied(need, &value)) return false;
  }
  return true;
}

Answer<Selector> ParseSelector(const std::string& labels, const std::string& fields,
                               const ResourceType& type) {
  Selector selector;
  for (const std::string& term : Terms(labels)) {
    Requirement need;
    if (!ParseLabelTerm(term, need)) {
      return BadRequest(fmt::format("unable to parse requirement: found '{}'", term));
    }
    selector.labels.push_back(std::move(need));
  }
  for (const std::string& term : Terms(fields)) {
    Requirement need;
    if (!ParseEquality(term, need)) {
      return BadRequest(fmt::format("invalid selector: '{}'; can't understand '{}'", fields, term));
    }
    if (!Selectable(type, need.key)) {
      return BadRequest(fmt::format("field label not supported: {}", need.key));
    }
    selector.fields.push_back(std::move(need));
  }
  return selector;
}

}  // namespace schemaop::devcluster
