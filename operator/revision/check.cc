#include "revision/check.h"

#include <algorithm>
#include <charconv>
#include <iterator>
#include <utility>

#include <fmt/format.h>

#include "base/text.h"
#include "base/time.h"

namespace schemaop {
namespace {

using std::chrono::nanoseconds;

// One thing asked of a check.
struct Part {
  bool holds;
  std::string note;
  std::string expected;
  std::string seen;
};

CheckResult Conclude(const Check& check, const std::vector<Part>& parts) {
  CheckResult result{.name = check.name, .holds = true, .note = {}, .expected = {}, .seen = {}};
  std::vector<std::string> notes;
  std::vector<std::string> expected;
  std::vector<std::string> seen;
  for (const Part& part : parts) {
    if (part.holds) {
      if (!part.note.empty()) notes.push_back(part.note);
      continue;
    }
    result.holds = false;
    expected.push_back(part.expected);
    seen.push_back(part.seen);
  }
  if (result.holds) result.note = Join(notes, ", ");
  result.expected = Join(expected, "; ");
  result.seen = Join(seen, "; ");
  return result;
}

std::string Describe(const RefusalSeen& refusal) {
  return fmt::format("SQLSTATE {}: {}", refusal.sqlstate, refusal.message);
}

Part JudgeObjects(const std::string& kind, const std::vector<std::string>& names,
                  const std::vector<ObjectSeen>& seen) {
  std::vector<std::string> problems;
  for (const ObjectSeen& object : seen) {
    if (!object.problem.empty()) problems.push_back(object.problem);
  }
  return {problems.empty(), "", kind + " " + Join(names, ", "), Join(problems, ", ")};
}

std::string ExpectedOf(const RejectsCheck& check) {
  return "the statement refused with SQLSTATE " + check.sqlstate;
}

std::string ShowValue(const QuerySeen& seen) {
  switch (seen.value) {
    case QuerySeen::Value::kNoRow:
      return "no row";
    case QuerySeen::Value::kNull:
      return "NULL";
    case QuerySeen::Value::kText:
      return seen.text;
    case QuerySeen::Value::kNotAsked:
      break;
  }
  return "nothing";
}

template <typename Number>
std::optional<Number> ParseWhole(const std::string& text) {
  Number number{};
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return number;
}

bool IsAtLeast(const QuerySeen& seen, std::int64_t least) {
  if (seen.value != QuerySeen::Value::kText) return false;
  if (const auto whole = ParseWhole<std::int64_t>(seen.text)) return *whole >= least;
  const auto number = ParseWhole<double>(seen.text);
  return number && *number >= static_cast<double>(least);
}

// REQUIRES: not empty.
nanoseconds Median(std::vector<nanoseconds> times) {
  const auto middle = times.begin() + static_cast<std::ptrdiff_t>(times.size() / 2);
  std::nth_element(times.begin(), middle, times.end());
  return *middle;
}

Part JudgeSpeed(const QuerySeen& seen, std::chrono::milliseconds limit) {
  if (seen.executions.empty()) return {false, "", "an execution", "none"};
  const nanoseconds median = Median(seen.executions);
  const double shown = std::chrono::duration<double, std::milli>(median).count();
  return {median < limit, "<" + FormatDuration(limit), "less than " + FormatDuration(limit),
          fmt::format("{:.3f} ms (median of {} executions)", shown, seen.executions.size())};
}

Part JudgePlan(const QuerySeen& seen, const std::string& index) {
  const bool used = std::any_of(seen.indexes.begin(), seen.indexes.end(), [&](const auto& name) {
    return std::find(seen.names.begin(), seen.names.end(), name) != seen.names.end();
  });
  return {used, "", "a plan that uses index " + index,
          seen.scans.empty() ? "a plan that reads no table" : Join(seen.scans, ", ")};
}

std::vector<Part> PartsOf(const QueryCheck& check, const QuerySeen& seen) {
  std::vector<Part> parts;
  if (check.at_least) {
    parts.push_back({IsAtLeast(seen, *check.at_least), "",
                     fmt::format("at least {}", *check.at_least), ShowValue(seen)});
  }
  if (check.faster_than) parts.push_back(JudgeSpeed(seen, *check.faster_than));
  if (check.uses_index) parts.push_back(JudgePlan(seen, *check.uses_index));
  return parts;
}

// What each kind makes of what was seen of it.
struct Judgement {
  const CheckEvidence& evidence;

  std::vector<Part> operator()(const TablesCheck& check) const {
    const auto* seen = std::get_if<std::vector<ObjectSeen>>(&evidence);
    if (seen == nullptr) return {Unasked("tables " + Join(check.tables, ", "))};
    return {JudgeObjects("tables", check.tables, *seen)};
  }
  std::vector<Part> operator()(const IndexesCheck& check) const {
    const auto* seen = std::get_if<std::vector<ObjectSeen>>(&evidence);
    if (seen == nullptr) return {Unasked("indexes " + Join(check.indexes, ", "))};
    Part part = JudgeObjects("indexes", check.indexes, *seen);
    part.note = fmt::format("{} found", check.indexes.size());
    return {std::move(part)};
  }
  std::vector<Part> operator()(const RejectsCheck& check) const {
    const auto* refusal = std::get_if<RefusalSeen>(&evidence);
    if (refusal == nullptr) return {Part{false, "", ExpectedOf(check), "it was accepted"}};
    return {Part{refusal->sqlstate == check.sqlstate, "", ExpectedOf(check), Describe(*refusal)}};
  }
  std::vector<Part> operator()(const QueryCheck& check) const {
    const auto* seen = std::get_if<QuerySeen>(&evidence);
    return seen == nullptr ? std::vector{Unasked("the query to run")} : PartsOf(check, *seen);
  }

  // The server did not even take the question.
  Part Unasked(std::string expected) const {
    const auto* refusal = std::get_if<RefusalSeen>(&evidence);
    return {false, "", std::move(expected), refusal == nullptr ? "nothing" : Describe(*refusal)};
  }
};

}  // namespace

CheckResult Judge(const Check& check, const CheckEvidence& evidence) {
  return Conclude(check, std::visit(Judgement{evidence}, check.what));
}

std::string DescribeResult(const CheckResult& result) {
  if (!result.holds) {
    return fmt::format("{}: expected {}, seen {}", result.name, result.expected, result.seen);
  }
  return result.note.empty() ? result.name : result.name + ": " + result.note;
}

std::vector<CheckResult> Failing(const CheckReport& report) {
  std::vector<CheckResult> failing;
  std::copy_if(report.results.begin(), report.results.end(), std::back_inserter(failing),
               [](const CheckResult& result) { return !result.holds; });
  return failing;
}

}  // namespace schemaop
