#include "revision/target.h"

#include <algorithm>
#include <charconv>

namespace schemaop {
namespace {

// More steps than any history has; what does not fit in an int is cut to it.
constexpr int kManySteps = 1'000'000'000;

// What Python's \w accepts, as far as bytes can tell: everything beyond ASCII is taken for a
// letter.
bool IsWord(char c) {
  return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_' ||
         static_cast<unsigned char>(c) >= 0x80;
}

bool IsDigit(char c) { return c >= '0' && c <= '9'; }

struct Relative {
  RelativeTarget target;
  std::string_view rest;  // behind the digits
};

// `(\w+)?[+-]\d+` at the start of `text`.
std::optional<Relative> MatchSteps(std::string_view text) {
  const auto word_end = std::find_if_not(text.begin(), text.end(), IsWord);
  const std::size_t sign = static_cast<std::size_t>(word_end - text.begin());
  if (sign >= text.size() || (text[sign] != '+' && text[sign] != '-')) return std::nullopt;
  std::size_t end = sign + 1;
  while (end < text.size() && IsDigit(text[end])) ++end;
  if (end == sign + 1) return std::nullopt;

  Relative match;
  if (sign > 0) match.target.symbol = std::string(text.substr(0, sign));
  match.target.steps_text = std::string(text.substr(sign, end - sign));
  int steps = 0;
  const auto parsed = std::from_chars(text.data() + sign + 1, text.data() + end, steps);
  if (parsed.ec != std::errc() || steps > kManySteps) steps = kManySteps;
  match.target.steps = text[sign] == '-' ? -steps : steps;
  match.rest = text.substr(end);
  return match;
}

// The whole pattern: the shortest non-empty branch that lets the rest match, else no branch.
std::optional<Relative> MatchRelative(std::string_view text) {
  for (std::size_t at = text.find('@', 1); at != std::string_view::npos;
       at = text.find('@', at + 1)) {
    if (auto match = MatchSteps(text.substr(at + 1))) {
      match->target.branch = std::string(text.substr(0, at));
      return match;
    }
  }
  return MatchSteps(text);
}

std::string Quoted(std::string_view text) { return "'" + std::string(text) + "'"; }

// A label such as "release-1" where a target has it: whole, or in front of its first '@'.
std::optional<std::string> LabelReadAsRelative(const RevisionGraph& graph, std::string_view text) {
  for (std::string_view name : {text, text.substr(0, text.find('@'))}) {
    if (graph.IndexOfName(name) && MatchRelative(name)) return std::string(name);
  }
  return std::nullopt;
}

}  // namespace

bool IsRelativeForm(std::string_view text) { return MatchRelative(text).has_value(); }

Result<Target> ParseTarget(const RevisionGraph& graph, std::string_view text) {
  if (text.empty()) {
    return Fail(ErrorCode::kInvalid, "the target is empty; name a revision, head, heads or base");
  }
  if (text.find(':') != std::string_view::npos) {
    return Fail(ErrorCode::kInvalid,
                "range revision not allowed: " + Quoted(text) + "; name one target");
  }
  std::optional<Relative> match = MatchRelative(text);
  if (!match) return AbsoluteTarget{std::string(text)};
  if (auto label = LabelReadAsRelative(graph, text); label && !match->rest.empty()) {
    return Fail(ErrorCode::kInvalid, "branch label " + Quoted(*label) + " in target " +
                                         Quoted(text) +
                                         " reads as a relative target; name a revision id instead");
  }
  if (auto label = LabelReadAsRelative(graph, text); label && *label == text) {
    return Fail(ErrorCode::kInvalid, "branch label " + Quoted(*label) +
                                         " reads as a relative target; name a revision id instead");
  }
  if (!match->rest.empty()) {
    return Fail(ErrorCode::kInvalid, "target " + Quoted(text) + " has " + Quoted(match->rest) +
                                         " behind the relative part; type " +
                                         Quoted(text.substr(0, text.size() - match->rest.size())) +
                                         " if that is what you mean");
  }
  return match->target;
}

BranchAndSymbol SplitAtFirst(std::string_view text) {
  const std::size_t at = text.find('@');
  if (at == std::string_view::npos) return {std::nullopt, std::string(text)};
  return {std::string(text.substr(0, at)), std::string(text.substr(at + 1))};
}

BranchAndSymbol SplitAtLast(std::string_view text) {
  const std::size_t at = text.rfind('@');
  if (at == std::string_view::npos) return {std::nullopt, std::string(text)};
  return {std::string(text.substr(0, at)), std::string(text.substr(at + 1))};
}

}  // namespace schemaop
