#include "cli/planning_error.h"

#include <fmt/format.h>

#include "cli/suggest.h"
#include "revision/plan.h"

namespace schemaop {
namespace {

// What a target names beside its label and its distance: "x" of "label@x+2".
std::string_view NameIn(std::string_view target) {
  if (const auto at = target.rfind('@'); at != std::string_view::npos)
    target = target.substr(at + 1);
  const auto distance = target.find_first_of("+-");
  return target.substr(0, distance);
}

const RevisionId* UnknownRow(const RevisionGraph& graph, const Heads& current) {
  for (const RevisionId& id : current) {
    if (graph.Find(id) == nullptr) return &id;
  }
  return nullptr;
}

}  // namespace

std::string FirstUnresolved(const RevisionGraph& graph, const std::vector<std::string>& targets) {
  for (const std::string& target : targets) {
    if (!ResolveGoal(graph, target)) return target;
  }
  return "";
}

std::string SuggestRevision(const RevisionGraph& graph, std::string_view target) {
  const bool range = target.find(':') != std::string_view::npos;
  const std::string_view name = NameIn(target);
  if (range || graph.Find(name) != nullptr) return "";
  for (const std::string& known : graph.Names()) {
    // Then it was ambiguous, and the error names all that begin so.
    if (known.size() > name.size() && known.starts_with(name)) return "";
  }
  std::vector<std::string> names = graph.Names();
  for (const char* symbol : {"head", "heads", "base"}) names.emplace_back(symbol);
  return DidYouMean(name, names);
}

CommandFailure DescribePlanningError(const Error& error, const RevisionGraph& graph,
                                     const Heads& current, std::string_view target) {
  if (const RevisionId* unknown = UnknownRow(graph, current)) {
    return {ExitCode::kFailed,
            fmt::format("the database is at revision '{}', which no file of this project declares; "
                        "get that file back, or say where the database really is with 'stamp "
                        "--purge REVISION'",
                        *unknown)};
  }
  if (error.code == ErrorCode::kNotFound) {
    return {ExitCode::kUsage, error.message + SuggestRevision(graph, target)};
  }
  return {ExitCode::kUsage, error.message};
}

}  // namespace schemaop
