#include "engine/rehearsed_run.h"

#include <chrono>
#include <utility>

#include "engine/resolve_statement.h"
#include "postgres/quote.h"
#include "postgres/socket_wait.h"
#include "sql/session_change.h"

namespace schemaop {
namespace {

const Actor kActor{"a rehearsal"};

const Section* SectionOf(const RevisionGraph& graph, const Step& step) {
  const Revision* revision = graph.Find(step.revision);
  if (revision == nullptr) return nullptr;
  if (step.direction == Direction::kUpgrade) return &revision->upgrade;
  return revision->downgrade ? &*revision->downgrade : nullptr;
}

std::string NumberOf(int statement) { return "statement " + std::to_string(statement); }

// Every place, in the order in which a run comes to it.
std::vector<Cut> PlacesIn(const Section& section) {
  std::vector<Cut> places;
  for (int i = 1; i <= static_cast<int>(section.statements.size()); ++i) {
    places.push_back({Cut::Moment::kStatement, i, "", "before " + NumberOf(i)});
    const auto change = SessionChangeOf(section.statements[static_cast<std::size_t>(i) - 1]);
    if (!section.transactional && change.kind != SessionChange::Kind::kSetting) {
      places.push_back({Cut::Moment::kCommit, i, "done", "behind " + NumberOf(i)});
    }
  }
  places.push_back({Cut::Moment::kCommit, 0, "applied", "in its COMMIT"});
  return places;
}

}  // namespace

RunReport TakeOneStep(const DatabaseOptions& options, const RevisionGraph& graph, const Step& step,
                      const ProgressSink& progress, const std::stop_token& stop) {
  const auto plan = [&](const DatabaseState& state) -> Result<Plan> {
    return Plan{state.heads, step.heads_after, {step}, {}};
  };
  return Migrate(options, graph, plan, kActor, progress, stop);
}

CutRuns::CutRuns(const DatabaseOptions& options, const RevisionGraph& graph, const Step& step,
                 Session& watcher, std::stop_token stop)
    : options_(options), graph_(graph), step_(step), watcher_(watcher), stop_(std::move(stop)) {
  // Of statements that are sent together the server may have run any when one is told of.
  options_.sending = StatementSending::kOneByOne;
  const Section* section = SectionOf(graph, step);
  if (section == nullptr) return;
  transactional_ = section->transactional;
  cuts_ = PlacesIn(*section);
}

std::optional<Cut> CutRuns::Next() {
  if (completed_ || next_ == cuts_.size()) return std::nullopt;
  return cuts_[next_++];
}

Result<void> CutRuns::Ask(const std::string& sql) {
  const std::string role = options_.role ? QuoteIdentifier(*options_.role) : "NONE";
  auto asked = watcher_.Execute("SET ROLE " + role + "; " + sql + "; RESET ROLE", stop_);
  if (!asked) return Fail(WithContext(ToError(asked.error()), "cannot cut a rehearsed run off"));
  return {};
}

// The one that holds an advisory lock in this database; only a rehearsal's session does here.
Result<void> CutRuns::EndMigratingSession() {
  static constexpr const char* kEnd =
      "SELECT pg_catalog.pg_terminate_backend(l.pid) FROM pg_catalog.pg_locks l "
      "JOIN pg_catalog.pg_database d ON d.oid = l.database "
      "WHERE l.locktype = 'advisory' AND l.granted AND d.datname = pg_catalog.current_database() "
      "AND l.pid <> pg_catalog.pg_backend_pid()";
  const SocketWaiter sleeper(stop_);
  while (true) {
    auto ended = watcher_.Query(kEnd, {}, stop_);
    if (!ended) return Fail(ToError(ended.error()));
    if (ended->empty()) return {};
    const auto soon = std::chrono::steady_clock::now() + std::chrono::milliseconds(2);
    if (sleeper.Wait(-1, {}, soon) == SocketWait::kStopped) {
      return Fail(ErrorCode::kCancelled, "stopped on request");
    }
  }
}

RunReport CutRuns::RunToStatement(const Cut& cut, bool& ended) {
  return TakeOneStep(
      options_, graph_, step_,
      [&](const RunProgress& progress) {
        if (ended || progress.phase != RunProgress::Phase::kRunning) return;
        if (progress.statement != cut.statement) return;
        ended = EndMigratingSession().has_value();
      },
      stop_);
}

// The server itself ends the session, from a trigger that fires in COMMIT: put off anew, since what
// is put off is called in before the rows are written.
Result<RunReport> CutRuns::RunToCommit(const Cut& cut, bool& ended) {
  const std::string ledger = QuoteQualified(options_.ledger_schema, "ledger");
  const std::string function = QuoteQualified(options_.ledger_schema, "cut_off");
  const std::string put_off = QuoteQualified(options_.ledger_schema, "put_off");
  const std::string which =
      "NEW.kind = " + QuoteLiteral(cut.kind) +
      (cut.statement > 0 ? " AND NEW.statement = " + std::to_string(cut.statement) : "");
  // A role may end sessions of those alone that logged in as it.
  auto armed =
      Ask("CREATE FUNCTION " + function +
          "() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN SET LOCAL ROLE NONE; PERFORM "
          "pg_catalog.pg_terminate_backend(pg_catalog.pg_backend_pid()); RETURN NULL; "
          "END'; CREATE CONSTRAINT TRIGGER cut_off AFTER INSERT ON " +
          ledger + " DEFERRABLE INITIALLY DEFERRED FOR EACH ROW WHEN (" + which +
          ") EXECUTE FUNCTION " + function + "(); CREATE FUNCTION " + put_off +
          "() RETURNS trigger LANGUAGE plpgsql AS " +
          QuoteLiteral("BEGIN SET CONSTRAINTS " + function + " DEFERRED; RETURN NEW; END") +
          "; CREATE TRIGGER put_off BEFORE INSERT ON " + ledger +
          " FOR EACH ROW EXECUTE FUNCTION " + put_off + "()");
  if (!armed) return Fail(armed.error());
  RunReport report = TakeOneStep(options_, graph_, step_, nullptr, stop_);
  auto disarmed = Ask("DROP FUNCTION " + function + "(), " + put_off + "() CASCADE");
  if (!disarmed) return Fail(disarmed.error());
  ended = report.error && report.error->code == ErrorCode::kUnavailable;
  return report;
}

// What a person would have to do, so that the rehearsal can go on.
Result<std::string> CutRuns::Settle(const Cut& cut) {
  const bool sent = cut.kind == "done";
  auto resolved = ResolveStatement(options_, step_.revision,
                                   sent ? Resolution::kDone : Resolution::kRetry, kActor, stop_);
  if (!resolved) {
    return Fail(resolved.error().error.value_or(
        Error{ErrorCode::kInternal, "a statement in doubt could not be settled"}));
  }
  return "when it is cut off " + cut.where +
         " nobody can prove whether the statement took effect: a person would have to look, and "
         "settle it with schemactl resolve";
}

Result<RunReport> CutRuns::RunTo(const Cut& cut, bool& ended) {
  if (cut.moment == Cut::Moment::kCommit) return RunToCommit(cut, ended);
  return RunToStatement(cut, ended);
}

// That a statement is in doubt shows when the run after the one that was cut off finds it.
Result<CutRun> CutRuns::Run(const Cut& cut) {
  CutRun run;
  auto report = RunTo(cut, run.ended);
  if (report && report->outcome == RunReport::Outcome::kInDoubt && previous_) {
    auto problem = Settle(*previous_);
    if (!problem) return Fail(problem.error());
    run.problem = *std::move(problem);
    run.ended = false;
    report = RunTo(cut, run.ended);
  }
  if (!report) return Fail(report.error());
  if (report->outcome == RunReport::Outcome::kCancelled) return Fail(*report->error);
  completed_ = report->outcome == RunReport::Outcome::kCompleted;
  if (run.ended) previous_ = cut;
  return run;
}

}  // namespace schemaop
