#include <algorithm>
#include <chrono>
#include <condition_variable>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <thread>

#include <CLI/CLI.hpp>
#include <fmt/format.h>

#include "base/time.h"
#include "cli/commands.h"
#include "cli/database.h"
#include "cli/duration_option.h"
#include "cli/planning_error.h"
#include "cli/run_outcome.h"
#include "cli/workspace.h"
#include "engine/observe_database.h"
#include "revision/lost_revisions.h"
#include "revision/plan.h"

namespace schemaop {
namespace {

using std::chrono::milliseconds;
using Clock = std::chrono::steady_clock;

// Often enough for a start, seldom enough for a server that a whole fleet waits for.
constexpr milliseconds kPause = std::chrono::seconds(1);

// What a look at the database may take however little time is left: a deadline is no reason not to
// look at all.
constexpr milliseconds kShortestLook = std::chrono::seconds(2);

struct WaitArguments {
  std::string target = "head";
  std::optional<milliseconds> timeout;
};

constexpr milliseconds kDefaultTimeout = std::chrono::minutes(5);

// Whether everything of `goal` is applied. A database may be further than the files go (an older
// image beside a newer one): what the ledger kept says what is below its revisions.
bool Reached(const std::shared_ptr<const RevisionGraph>& files, const DatabaseState& state,
             const Goal& goal) {
  const auto completed = CompleteFromLedger(files, state);
  const RevisionGraph& graph = completed ? **completed : *files;
  RevisionGraph::Indices rows;
  for (const RevisionId& id : state.heads) {
    if (const auto index = graph.IndexOf(id)) rows.push_back(*index);
  }
  const RevisionSet applied = graph.Ancestors(rows);
  return std::all_of(goal.revisions.begin(), goal.revisions.end(), [&](const RevisionId& id) {
    return applied.Contains(graph.IndexOf(id).value());
  });
}

// False when told to stop meanwhile.
bool Pause(milliseconds pause, const std::stop_token& stop) {
  std::mutex mutex;
  std::condition_variable_any never;
  std::unique_lock lock(mutex);
  never.wait_for(lock, stop, pause, [] { return false; });
  return !stop.stop_requested();
}

// A look that is over when `stop` says so, or after `budget`: connecting has a time of its own for
// each host, and a server may as well take our connection and say nothing.
Result<DatabaseState> Look(const DatabaseOptions& options, const RevisionGraph& graph,
                           milliseconds budget, const std::stop_token& stop) {
  std::stop_source over;
  const std::stop_callback forward(stop, [&over] { over.request_stop(); });
  const std::jthread alarm([&over, budget](const std::stop_token& done) {
    if (Pause(budget, done)) over.request_stop();
  });
  auto state = ObserveDatabase(options, graph, over.get_token());
  if (state || state.error().code != ErrorCode::kCancelled || stop.stop_requested()) return state;
  return Fail(ErrorCode::kUnavailable, DsnLabel(options.dsn) + " does not answer");
}

// Why there is still something to wait for; nullopt when there is not.
std::optional<std::string> Missing(const Result<DatabaseState>& state, const Workspace& workspace,
                                   const Goal& goal) {
  if (!state) return state.error().message;
  if (Reached(workspace.graph, *state, goal)) return std::nullopt;
  return fmt::format("the database is at {}, not yet at {}",
                     DescribeHeads(state->heads, *workspace.graph),
                     DescribeHeads(goal.revisions, *workspace.graph));
}

Outcome<void> RunWait(CommandContext& context, const WaitArguments& arguments) {
  const auto workspace = OpenWorkspace(context.globals);
  if (!workspace) return tl::unexpected(workspace.error());
  const RevisionGraph& graph = *workspace->graph;
  const auto goal = ResolveGoal(graph, arguments.target);
  if (!goal) {
    return tl::unexpected(DescribePlanningError(goal.error(), graph, {}, arguments.target));
  }
  const auto options = ChooseDatabase(context.globals, workspace->project.settings);
  if (!options) return tl::unexpected(options.error());
  const milliseconds timeout = arguments.timeout.value_or(kDefaultTimeout);
  const Clock::time_point deadline = Clock::now() + timeout;
  std::string told;
  const auto time_left = [&] {
    return std::chrono::duration_cast<milliseconds>(deadline - Clock::now());
  };
  while (true) {
    const auto state = Look(*options, graph, std::max(time_left(), kShortestLook), context.stop);
    const auto missing = Missing(state, *workspace, *goal);
    if (!missing) return {};
    const milliseconds left = time_left();
    if (left <= milliseconds::zero()) {
      return Refuse(ExitCode::kTimedOut,
                    fmt::format("timed out after {}: {}", FormatDuration(timeout), *missing));
    }
    if (*missing != told) context.output.Progress("Waiting: " + *missing);
    told = *missing;
    if (!Pause(std::min(kPause, left), context.stop)) {
      return Refuse(ExitCode::kInterrupted, "interrupted; " + *missing);
    }
  }
}

}  // namespace

void AddWait(CLI::App& app, Command& chosen) {
  auto arguments = std::make_shared<WaitArguments>();
  CLI::App* command = app.add_subcommand(
      "wait", "wait until the database is up and has a revision, or more than that");
  command->add_option("--for", arguments->target,
                      "head (default), heads, base, a revision or its unique start, label@head");
  AddDurationOption(*command, "--timeout", milliseconds(0), arguments->timeout,
                    "give up with exit code 124 after this long (default 5m)");
  command->callback([&chosen, arguments] {
    chosen = [arguments](CommandContext& context) { return RunWait(context, *arguments); };
  });
}

}  // namespace schemaop
