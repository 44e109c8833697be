#include "cli/run_outcome.h"

#include <algorithm>
#include <vector>

#include <fmt/format.h>

#include "base/text.h"
#include "cli/run_progress.h"
#include "cli/source_excerpt.h"

namespace schemaop {
namespace {

std::string Committed(const RunReport& report) {
  std::vector<std::string> ids;
  for (const AppliedStep& step : report.applied) ids.push_back(step.revision);
  const std::string verb =
      report.applied.front().direction == Direction::kUpgrade ? "upgraded" : "downgraded";
  return fmt::format("{} and committed: {}; ", verb, Join(ids, ", "));
}

// Where the database stands after a run that did not complete.
std::string Standing(const RunReport& report, const RevisionGraph& graph) {
  return (report.applied.empty() ? "" : Committed(report)) + "the database is at " +
         DescribeHeads(report.heads, graph);
}

std::string Place(const StatementFailure& failure, const Project& project) {
  if (failure.file.empty()) {
    return fmt::format("revision {}, statement {}", failure.revision, failure.statement);
  }
  std::string place = RevisionPath(project, failure.file);
  if (failure.line > 0) place += fmt::format(":{}", failure.line);
  if (failure.line > 0 && failure.column > 0) place += fmt::format(":{}", failure.column);
  return place;
}

std::string Describe(const StatementFailure& failure, const Workspace& workspace) {
  std::string text = Place(failure, workspace.project) + ": ";
  if (!failure.sqlstate.empty()) text += fmt::format("SQLSTATE {}: ", failure.sqlstate);
  text += failure.message + "\n";
  const auto source = workspace.texts.find(failure.file);
  if (source != workspace.texts.end()) {
    text += SourceExcerpt(source->second, failure.line, failure.column);
  }
  if (!failure.hint.empty()) text += fmt::format("hint: {}\n", failure.hint);
  return text;
}

// What became of the revision whose statement the server refused.
std::string Fate(const StatementFailure& failure) {
  if (failure.in_transaction) return fmt::format("revision {} is rolled back", failure.revision);
  const bool lost = failure.retryable && failure.sqlstate.empty();
  if (lost) {
    return DescribeRemains({.revision = failure.revision,
                            .in_transaction = false,
                            .statements_done = std::max(failure.statement - 1, 0)});
  }
  return failure.statement > 1
             ? fmt::format(
                   "revision {} runs outside a transaction: its statements before this one "
                   "took effect",
                   failure.revision)
             : fmt::format("nothing of revision {} took effect", failure.revision);
}

Outcome<void> ConcludeRefusedStatement(const RunReport& report, const Workspace& workspace,
                                       const std::string& again) {
  const StatementFailure& failure = *report.failure;
  const bool partly = !report.applied.empty() || (!failure.in_transaction && failure.statement > 1);
  const bool busy = report.error && report.error->code == ErrorCode::kBusy;
  const ExitCode code = busy ? ExitCode::kBusy : ExitCode::kFailed;
  return Refuse(
      partly ? ExitCode::kPartlyApplied : code,
      fmt::format("{}{}; {}\n{}, then run: {}\n", Describe(failure, workspace), Fate(failure),
                  Standing(report, *workspace.graph),
                  failure.retryable ? "this can pass: wait a little" : "correct the statement",
                  again));
}

Outcome<void> ConcludeFailure(const RunReport& report, const Workspace& workspace,
                              const std::string& again) {
  if (report.failure) return ConcludeRefusedStatement(report, workspace, again);
  const Error error = FromWorkingFolder(workspace, report.error.value_or(Error{}));
  if (report.applied.empty()) return Refuse(error);
  return Refuse(ExitCode::kPartlyApplied, fmt::format("{}\n{}; to go on, run: {}\n", error.message,
                                                      Standing(report, *workspace.graph), again));
}

Outcome<void> ConcludeInterrupted(const RunReport& report, const Workspace& workspace,
                                  const std::string& again) {
  ExitCode code = ExitCode::kInterrupted;
  std::string fate = "no revision was under way";
  if (const auto& step = report.interrupted) {
    fate = step->in_transaction ? "the running revision is rolled back" : DescribeRemains(*step);
    if (!step->in_transaction && step->statements_done > 0) code = ExitCode::kPartlyApplied;
  }
  return Refuse(code, fmt::format("interrupted; {}; {}\nto go on, run: {}\n", fate,
                                  Standing(report, *workspace.graph), again));
}

Outcome<void> ConcludeInDoubt(const RunReport& report, const Workspace& workspace,
                              const std::string& program) {
  std::string text;
  if (report.failure) {
    text = Describe(*report.failure, workspace);
  } else if (report.error) {
    text = report.error->message + "\n";
  }
  text += Standing(report, *workspace.graph) + "; look whether the statement took effect";
  if (report.failure) {
    text += fmt::format(
        ", then run: {0} resolve {1} --done\nor, when it did not: {0} resolve {1} --retry", program,
        report.failure->revision);
  }
  return Refuse(ExitCode::kInDoubt, text + "\n");
}

}  // namespace

std::string DescribeHeads(const Heads& heads, const RevisionGraph& graph) {
  if (heads.empty()) return "base";
  const std::vector<RevisionId> tips = graph.HeadIds();
  std::vector<std::string> marked;
  for (const RevisionId& id : heads) {
    const bool head = std::find(tips.begin(), tips.end(), id) != tips.end();
    marked.push_back(id + (head ? " (head)" : ""));
  }
  return Join(marked, ", ");
}

void WarnOfSnapshot(Output& output, const RunReport& report) {
  if (!report.snapshot_problem) return;
  output.Warning(fmt::format("the schema could not be kept for drift to be told by: {}",
                             report.snapshot_problem->message));
}

Outcome<void> ConcludeRun(const RunReport& report, const Workspace& workspace,
                          const std::string& program, const std::string& again) {
  switch (report.outcome) {
    case RunReport::Outcome::kCompleted:
      return {};
    case RunReport::Outcome::kBusy:
      return Refuse(ExitCode::kBusy,
                    fmt::format("the migration lock is held by {}; nothing was changed\n"
                                "wait for it to end, then run: {}\n",
                                DescribeHolder(report.holder), again));
    case RunReport::Outcome::kFailed:
      return ConcludeFailure(report, workspace, again);
    case RunReport::Outcome::kInDoubt:
      return ConcludeInDoubt(report, workspace, program);
    case RunReport::Outcome::kCancelled:
      return ConcludeInterrupted(report, workspace, again);
  }
  return Refuse(ExitCode::kFailed, "the run ended in an unknown way");
}

}  // namespace schemaop
