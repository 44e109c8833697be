#include "engine/rehearse.h"

#include <algorithm>
#include <chrono>
#include <optional>
#include <utility>

#include "catalog/diff.h"
#include "catalog/scope.h"
#include "engine/catalog_scope.h"
#include "engine/migrate.h"
#include "engine/rehearsed_run.h"
#include "engine/scratch_database.h"
#include "postgres/catalog_reader.h"
#include "revision/inverse_step.h"

namespace schemaop {
namespace {

constexpr const char* kApplication = "schema-operator rehearsal";
// A schema may differ in a thousand places; a person reads the first.
constexpr std::size_t kMostObjects = 20;

class Rehearsal {
 public:
  Rehearsal(const RehearsalRequest& request, const ScratchDatabase& scratch, std::stop_token stop)
      : request_(request), options_(request.options), stop_(std::move(stop)) {
    options_.dsn = scratch.dsn();
    options_.application_name = kApplication;
    options_.transaction_mode = TransactionMode::kPerRevision;
    options_.snapshot = SnapshotUse::kNone;
    // The server lets go of a session's locks a moment after it has ended it.
    options_.lock_wait = std::chrono::seconds(10);
    scope_.exclude = Excludes(options_, {});
  }

  Result<RehearsalReport> Run(const RehearsalSink& sink);

 private:
  Result<void> GoToStart();
  // False: the rehearsal cannot go on behind this step.
  Result<bool> RehearseStep(const Step& step);
  // One run, whose failure is a finding: false then.
  Result<bool> Take(const Step& step, const std::string& when);
  Result<bool> TakeCut(const Step& step, const std::string& when);
  Result<Catalog> Read();
  void Compare(const Step& step, const Catalog& expected, const Catalog& actual,
               const std::string& problem);
  void Find(const Step& step, std::string problem) {
    report_.findings.push_back({step.revision, std::move(problem), {}, {}});
  }

  const RehearsalRequest& request_;
  DatabaseOptions options_;
  CatalogScope scope_;
  std::stop_token stop_;
  std::optional<Session> reader_;
  RehearsalReport report_;
};

std::string SectionOf(const Step& step) {
  return step.direction == Direction::kUpgrade ? "up section" : "down section";
}

// A column of a table that is added itself says nothing more.
bool GoesWithItsContainer(const ObjectChange& part, const std::vector<ObjectChange>& changes) {
  return !part.id.container.empty() &&
         std::any_of(changes.begin(), changes.end(), [&](const ObjectChange& whole) {
           return whole.kind == part.kind && whole.kind != ChangeKind::kChanged &&
                  whole.id.container.empty() && whole.id.name == part.id.container;
         });
}

// Why a run did not complete. A statement in doubt is one that no run gets past by itself.
Error ErrorOf(const RunReport& report) {
  Error error = report.error.value_or(Error{ErrorCode::kInternal, "it ended unexpectedly"});
  if (report.outcome == RunReport::Outcome::kInDoubt) error.code = ErrorCode::kRejected;
  return error;
}

// The words of a run that failed for good; the error when it is not the revision's fault. Nobody
// else works in a scratch database: a conflict there, and doubt about a COMMIT, come from a lost
// connection.
Result<std::string> FaultOf(const RunReport& report) {
  Error error = ErrorOf(report);
  if (PassesByItself(error)) return Fail(std::move(error));
  return std::move(error.message);
}

Result<RehearsalReport> Rehearsal::Run(const RehearsalSink& sink) {
  auto reader = Session::Connect({.dsn = options_.dsn, .application_name = kApplication}, stop_);
  if (!reader) return Fail(reader.error());
  reader_ = std::move(*reader);
  if (auto there = GoToStart(); !there) return Fail(there.error());
  for (std::size_t i = 0; i < request_.steps.size(); ++i) {
    if (sink) sink(request_.steps[i]);
    const auto goes_on = RehearseStep(request_.steps[i]);
    if (!goes_on) return Fail(goes_on.error());
    if (*goes_on) continue;
    for (std::size_t rest = i + 1; rest < request_.steps.size(); ++rest) {
      report_.left_out.push_back(request_.steps[rest].revision);
    }
    break;
  }
  return std::move(report_);
}

Result<void> Rehearsal::GoToStart() {
  // Makes the ledger, in which the cuts of the first step are.
  const auto stay = [](const DatabaseState& state) -> Result<StampPlan> {
    return StampPlan{state.heads, state.heads, false, {}};
  };
  const RunReport stamped = Stamp(options_, stay, {kApplication}, stop_);
  if (stamped.error) return Fail(*stamped.error);
  if (request_.from.empty()) return {};
  const auto plan = [&](const DatabaseState& state) {
    return PlanTowards(*request_.graph, state.heads, Goal{request_.from});
  };
  const RunReport report = Migrate(options_, *request_.graph, plan, {kApplication}, nullptr, stop_);
  if (!report.error) return {};
  return Fail(WithContext(ErrorOf(report),
                          "the scratch database cannot be brought to where the rehearsal begins"));
}

Result<Catalog> Rehearsal::Read() {
  auto catalog = ReadCatalog(*reader_, {}, stop_);
  if (!catalog) return Fail(WithContext(catalog.error(), "cannot read the scratch database"));
  return Narrow(*catalog, scope_);
}

void Rehearsal::Compare(const Step& step, const Catalog& expected, const Catalog& actual,
                        const std::string& problem) {
  const std::vector<ObjectChange> changes = FindChanges(expected, actual);
  if (changes.empty()) return;
  RehearsalFinding finding{step.revision, problem, {}, {}};
  for (const ObjectChange& change : changes) {
    if (GoesWithItsContainer(change, changes)) continue;
    if (finding.objects.size() == kMostObjects) {
      finding.objects.emplace_back("...");
      break;
    }
    finding.objects.push_back(Text(change));
  }
  for (const DdlStatement& statement : Diff(actual, expected).statements) {
    finding.statements.push_back(statement.sql);
  }
  report_.findings.push_back(std::move(finding));
}

Result<bool> Rehearsal::Take(const Step& step, const std::string& when) {
  const RunReport report = TakeOneStep(options_, *request_.graph, step, nullptr, stop_);
  if (report.outcome == RunReport::Outcome::kCompleted) return true;
  auto fault = FaultOf(report);
  if (!fault) return Fail(fault.error());
  Find(step, "its " + SectionOf(step) + " fails" + when + ": " + *fault);
  return false;
}

Result<bool> Rehearsal::TakeCut(const Step& step, const std::string& when) {
  if (request_.cuts == RehearsalCuts::kNone) return Take(step, when);
  auto begun = Read();
  if (!begun) return Fail(begun.error());
  CutRuns cuts(options_, *request_.graph, step, *reader_, stop_);
  while (auto cut = cuts.Next()) {
    auto cut_off = cuts.Run(*cut);
    if (!cut_off) return Fail(cut_off.error());
    if (!cut_off->problem.empty()) Find(step, cut_off->problem);
    if (!cut_off->ended) continue;
    ++report_.steps.back().cuts;
    if (!cuts.rolls_back()) continue;
    auto after = Read();
    if (!after) return Fail(after.error());
    Compare(step, *begun, *after,
            "its " + SectionOf(step) + " leaves a part of itself behind when it is cut off " +
                cut->where);
  }
  if (cuts.completed()) return true;
  return Take(step, when + (cuts.count() > 0 ? " after it was cut off" : ""));
}

Result<bool> Rehearsal::RehearseStep(const Step& step) {
  const Step inverse = InverseOf(step);
  const bool reversed = CanRun(*request_.graph, inverse);
  report_.steps.push_back({step.revision, step.direction, reversed, 0});
  auto before = Read();
  if (!before) return Fail(before.error());
  auto taken = reversed ? Take(step, "") : TakeCut(step, "");
  if (!taken || !*taken || !reversed) return taken;
  auto after = Read();
  if (!after) return Fail(after.error());
  taken = TakeCut(inverse, " behind its " + SectionOf(step));
  if (!taken || !*taken) return taken;
  auto back = Read();
  if (!back) return Fail(back.error());
  Compare(step, *before, *back,
          "its " + SectionOf(inverse) + " does not take back what its " + SectionOf(step) + " did");
  taken = TakeCut(step, " the second time");
  if (!taken || !*taken) return taken;
  auto again = Read();
  if (!again) return Fail(again.error());
  Compare(step, *after, *again, "its " + SectionOf(step) + " makes another schema the second time");
  return true;
}

}  // namespace

Result<RehearsalReport> Rehearse(const RehearsalRequest& request, const RehearsalSink& sink,
                                 const std::stop_token& stop) {
  auto scratch = ScratchDatabase::Create({.server = request.options.dsn,
                                          .application_name = kApplication,
                                          .owner = request.options.role,
                                          .copy_of = std::nullopt},
                                         stop);
  if (!scratch) return Fail(scratch.error());
  auto report = Rehearsal(request, *scratch, stop).Run(sink);
  if (auto dropped = scratch->Drop(); !dropped && report) return Fail(dropped.error());
  return report;
}

}  // namespace schemaop
