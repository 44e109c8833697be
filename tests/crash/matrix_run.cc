#include "matrix_run.h"

#include <csignal>
#include <memory>
#include <sstream>
#include <stdexcept>
#include <utility>

#include "bystander.h"

namespace schemaop::testing {
namespace {

using std::chrono::seconds;

// Exit codes of schemactl (cli/exit_code.h), by what they say of the database.
constexpr int kDone = 0;
constexpr int kFailed = 1;
constexpr int kBusy = 5;
constexpr int kInDoubt = 6;
constexpr int kNoConnection = 7;

constexpr seconds kPatience{60};
// I8: nobody is blocked by a dead run for good. The server looks for its client while it works; how
// soon it did is in the table.
constexpr seconds kFreedWithin{60};
constexpr int kMostReruns = 8;
// I8: nobody waits for good for a lock of a run that lives: lock_timeout's default, a second,
// behind what waits for it, and as long again for the statement that has it. One that is stopped
// with locks in its hand loses its session after idle_in_transaction_session_timeout, a minute. How
// long the longest wait was is in the table; here a minute more than it should be is too long.
constexpr seconds kWaitsAtMost{62};
constexpr seconds kWaitsForStoppedAtMost{122};

bool HasStruck(const ChildProcess& child) {
  return child.Err().find("schemaop: fault point ") != std::string::npos;
}

std::string Words(const std::vector<std::string>& command) {
  std::string text;
  for (const std::string& word : command) text += (text.empty() ? "" : " ") + word;
  return text;
}

bool Toss(std::mt19937& random) { return std::uniform_int_distribution(0, 1)(random) == 1; }

}  // namespace

MatrixRunner::MatrixRunner(TestPostgres& server, Scenario scenario)
    : server_(server), scenario_(std::move(scenario)), oracle_(server), proxy_(server.port()) {
  for (const auto& [file, text] : scenario_.revisions) schemactl_.AddRevision(file, text);
  schemactl_.UseDatabase(server_.Url(oracle_.database()));
}

void MatrixRunner::Must(const std::vector<std::string>& command) {
  const RunResult result = schemactl_.Run(command);
  if (result.exit_code == kDone) return;
  throw std::runtime_error("schemactl " + Words(command) + " failed: " + result.err);
}

ProcessOptions MatrixRunner::Faulted(const std::string& order) {
  ProcessOptions options = schemactl_.Options(scenario_.command);
  options.environment["SCHEMAOP_FAULT"] = order;
  if (scenario_.lost_commit > 0) {
    options.environment["DATABASE_URL"] =
        "postgresql://postgres@127.0.0.1:" + std::to_string(proxy_.port()) + "/" +
        oracle_.database();
  }
  return options;
}

void MatrixRunner::Prepare() {
  proxy_.Disarm();
  if (!oracle_.WaitUntilAlone(kPatience)) throw std::runtime_error("the last run's session stays");
  oracle_.Reset();
  for (const auto& command : scenario_.before) {
    Must(command);
    oracle_.WaitUntilAlone(kPatience);
  }
  if (scenario_.cut_off.empty()) return;
  const RunResult cut_off = testing::Run(Faulted(scenario_.cut_off));
  if (cut_off.exit_code != 128 + SIGKILL) {
    throw std::runtime_error("was to be cut off at " + scenario_.cut_off + ": " + cut_off.err);
  }
  oracle_.WaitUntilAlone(kPatience);
}

void MatrixRunner::LoseACommit() {
  FaultPlan plan{.at =
                     scenario_.is_committed ? CommandComplete("COMMIT") : Query("COMMIT(; [^]*)?")};
  plan.turn = scenario_.lost_commit;
  proxy_.Arm(plan);
}

// Stopped with the migration lock in its hand.
std::unique_ptr<ChildProcess> MatrixRunner::StartRival() {
  auto rival = std::make_unique<ChildProcess>(Faulted("engine.plan.made:stop"));
  if (!WaitUntil([&] { return HasStruck(*rival); })) {
    throw std::runtime_error("the rival did not get the lock: " + rival->Err());
  }
  return rival;
}

std::map<std::string, int> MatrixRunner::Trace() {
  Prepare();
  const TempFolder folder;
  const std::filesystem::path trace = folder.path() / "trace";
  std::unique_ptr<ChildProcess> rival;
  if (scenario_.has_rival) rival = StartRival();
  if (scenario_.lost_commit > 0) LoseACommit();
  ProcessOptions options = Faulted("");
  options.environment["SCHEMAOP_FAULT_TRACE"] = trace.string();
  testing::Run(options);
  if (rival) {
    rival->Signal(SIGKILL);
    rival->Wait(kPatience);
  }
  std::map<std::string, int> counts;
  std::istringstream lines(ReadFile(trace));
  for (std::string point; std::getline(lines, point);) ++counts[point];
  return counts;
}

MatrixResult MatrixRunner::Run(const FaultOrder& order, std::mt19937& random) {
  MatrixResult result;
  Prepare();
  const std::string before = oracle_.Look().version;
  std::unique_ptr<ChildProcess> rival;
  if (scenario_.has_rival) rival = StartRival();
  if (scenario_.lost_commit > 0) LoseACommit();
  const Bystander bystander(server_, oracle_.database());
  const std::optional<int> exit_code = Suffer(order, random, result);
  if (rival) {
    if (Toss(random)) rival->Signal(SIGKILL);
    rival->Signal(SIGCONT);
    if (!rival->Wait(kPatience)) result.violations.push_back("I6: the rival does not end");
  }
  proxy_.Disarm();
  if (!oracle_.WaitUntilAlone(kPatience)) {
    result.violations.push_back("I8: a session is left behind");
  }
  Note(oracle_.CheckAnyTime(scenario_, oracle_.Look()), result);
  if (exit_code && !rival && order.action != "stop") CheckExit(*exit_code, before, result);
  Converge(result);
  CheckWaits(order, bystander.longest_wait(), result);
  return result;
}

void MatrixRunner::CheckWaits(const FaultOrder& order, std::chrono::milliseconds waited,
                              MatrixResult& result) {
  result.waited = waited;
  const auto most = order.action == "stop" ? kWaitsForStoppedAtMost : kWaitsAtMost;
  if (waited <= most) return;
  result.violations.push_back("I8: another session waited " + std::to_string(waited.count()) +
                              " ms for a lock");
}

// The exit code; nullopt when it was killed.
std::optional<int> MatrixRunner::Suffer(const FaultOrder& order, std::mt19937& random,
                                        MatrixResult& result) {
  ChildProcess child(Faulted(order.Text()));
  if (order.action == "stop") {
    WaitUntil([&] { return HasStruck(child) || !child.Running(); }, kPatience);
    if (HasStruck(child)) WhileStopped(child, random, result);
  }
  const std::optional<int> exit_code = child.Wait(kPatience);
  result.reached = HasStruck(child);
  if (!exit_code) {
    result.violations.push_back("I6: it neither ends nor fails");
    child.Signal(SIGKILL);
    child.Wait(kPatience);
    return std::nullopt;
  }
  const bool killed = *exit_code == 128 + SIGKILL;
  if (killed && !scenario_.has_rival) {
    result.freed = oracle_.WaitUntilAlone(kFreedWithin);
    if (!result.freed) {
      result.violations.push_back("I8: the server keeps the session of a run that is dead");
    }
  }
  if (killed) return std::nullopt;
  return exit_code;
}

// Somebody else tries the same meanwhile; then the stopped one goes on, or never does.
void MatrixRunner::WhileStopped(ChildProcess& child, std::mt19937& random, MatrixResult& result) {
  Note(oracle_.CheckAnyTime(scenario_, oracle_.Look()), result);
  const RunResult other = schemactl_.Run(scenario_.command);
  if (other.exit_code == kInDoubt) {
    Settle(other.err);
    ++result.settled;
  }
  if (Toss(random)) child.Signal(SIGKILL);
  child.Signal(SIGCONT);
}

// I5: the exit code tells the truth.
void MatrixRunner::CheckExit(int exit_code, const std::string& before, MatrixResult& result) {
  const std::string now = oracle_.Look().version;
  const bool says_nothing =
      exit_code == kFailed || exit_code == kBusy || exit_code == kNoConnection;
  if (exit_code == kDone && now != scenario_.goal) {
    result.violations.push_back("I5: exit code 0 at '" + now + "'");
  }
  if (says_nothing && now != before) {
    result.violations.push_back("I5: exit code " + std::to_string(exit_code) + " says nothing is " +
                                "committed, but '" + before + "' became '" + now + "'");
  }
}

// Clean runs until one succeeds.
void MatrixRunner::Converge(MatrixResult& result) {
  RunResult last;
  bool remedied = scenario_.remedy.empty();
  for (int i = 0; i < kMostReruns; ++i) {
    last = schemactl_.Run(scenario_.command);
    if (last.exit_code == kDone) break;
    if (!oracle_.WaitUntilAlone(kPatience)) break;
    if (last.exit_code == kInDoubt) {
      Settle(last.err);
      ++result.settled;
    } else if (last.exit_code != kBusy && !remedied) {
      oracle_.Execute(scenario_.remedy);
      remedied = true;
    }
  }
  if (last.exit_code != kDone) {
    result.violations.push_back("I6: does not converge: exit code " +
                                std::to_string(last.exit_code) + ": " + last.err);
  }
  oracle_.WaitUntilAlone(kPatience);
  const Snapshot seen = oracle_.Look();
  Note(oracle_.CheckEnd(scenario_, seen), result);
  Note(oracle_.CheckLedger(scenario_, seen), result);
}

// What the message in doubt asks a person to do: look, and say what happened. A section's last
// statement is its mark; the only other one that can be in doubt adds the enum value.
void MatrixRunner::Settle(const std::string& said) {
  const auto open = oracle_.FindOpenStatement();
  if (!open) throw std::runtime_error("in doubt, but no statement's outcome is open: " + said);
  const Snapshot seen = oracle_.Look();
  const bool is_mark = open->statement == 2;
  const bool is_marked = seen.Has(open->revision) != scenario_.IsDowngrade();
  const bool happened = is_mark ? is_marked : seen.has_happy;
  Must({"resolve", open->revision, happened ? "--done" : "--retry"});
  oracle_.WaitUntilAlone(kPatience);
}

void MatrixRunner::Note(const Violations& violations, MatrixResult& result) const {
  result.violations.insert(result.violations.end(), violations.begin(), violations.end());
}

}  // namespace schemaop::testing
