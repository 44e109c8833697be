#include "policy/message.h"

#include <algorithm>
#include <cstddef>

#include "base/text.h"
#include "revision/excess_rights.h"
#include "revision/lost_revisions.h"

namespace schemaop {
namespace {

// What is said of a finding; the SQL in bytes, of the 32768 that a condition's message may have.
constexpr std::size_t kMostChangesNamed = 5;
constexpr std::size_t kMostDriftSql = 8000;

// The database's label, or what to say while nobody knows it.
std::string Label(const Observation& observation) {
  return observation.identity ? observation.identity->label : std::string("the database");
}

std::string Count(std::size_t count, const std::string& noun) {
  return std::to_string(count) + " " + noun + (count == 1 ? "" : "s");
}

// The steps' revisions that no file declares: they run as the ledger keeps them.
std::vector<RevisionId> FromLedger(const Observation& observation, const Plan& plan) {
  std::vector<RevisionId> lost;
  for (const Step& step : plan.steps) {
    if (observation.source->graph->Find(step.revision) == nullptr) lost.push_back(step.revision);
  }
  return lost;
}

// "; no file declares 004 any more: the SQL that the ledger keeps is run"; empty when all have one.
std::string FromLedgerRemark(const Observation& observation, const Plan& plan) {
  const auto lost = FromLedger(observation, plan);
  if (lost.empty()) return "";
  return "; no file declares " + Join(lost, ", ") +
         " any more: the SQL that the ledger keeps is run";
}

// How to stay where the database is.
std::string StayAdvice(const Observation& observation, const Plan& plan) {
  const auto lost = FromLedger(observation, plan);
  if (lost.empty()) return "set spec.targetRevision back to " + ShowHeads(plan.from);
  return "put the file" + std::string(lost.size() == 1 ? "" : "s") + " of " + Join(lost, ", ") +
         " back";
}

// "going from 004 to 002 on X is a downgrade of 2 steps (reverts 004, 003)".
std::string DowngradeSentence(const Observation& observation, const Plan& plan) {
  constexpr std::size_t kMostNamed = 5;
  std::vector<std::string> reverted;
  for (const Step& step : plan.steps) {
    if (reverted.size() == kMostNamed) {
      reverted.emplace_back("...");
      break;
    }
    reverted.push_back(step.revision);
  }
  return "going from " + ShowHeads(plan.from) + " to " + ShowHeads(plan.to) + " on " +
         Label(observation) + " is a downgrade of " + Count(plan.steps.size(), "step") +
         " (reverts " + Join(reverted, ", ") + FromLedgerRemark(observation, plan) + ")";
}

std::string WithHint(const FailureStatus& failure) {
  return failure.hint.empty() ? failure.message : failure.message + " (hint: " + failure.hint + ")";
}

// "revision 004 at ...: the server's words", or only the words when no statement was refused.
std::string Cause(const FailureStatus& failure) {
  const std::string place = FailurePlace(failure);
  return place.empty() ? WithHint(failure) : place + ": " + WithHint(failure);
}

}  // namespace

std::string ShowHeads(const Heads& heads) {
  return heads.empty() ? std::string(kBaseShown) : Join(heads, ",");
}

std::string ShowDirection(Direction direction) {
  return direction == Direction::kUpgrade ? "Upgrade" : "Downgrade";
}

std::string FailurePlace(const FailureStatus& failure) {
  if (failure.revision.empty()) return {};
  std::string place = "revision " + failure.revision;
  if (!failure.file.empty()) {
    place += " at " + failure.file;
    if (failure.line > 0) place += ":" + std::to_string(failure.line);
    if (failure.line > 0 && failure.column > 0) place += ":" + std::to_string(failure.column);
  }
  if (failure.statement > 0) place += ", statement " + std::to_string(failure.statement);
  if (!failure.sqlstate.empty()) place += ", SQLSTATE " + failure.sqlstate;
  return place;
}

std::string UpToDateMessage(const SchemaVersion& object, const Observation& observation) {
  return Label(observation) + " is at " + ShowHeads(observation.database->heads) +
         ", as spec.targetRevision " + JsonQuote(object.spec->target_revision) + " wants";
}

std::string SuspendedMessage(const SchemaVersionStatus& status) {
  std::string message = "spec.suspend is true: nothing is read and nothing runs until it is false";
  if (!status.current_revision.empty()) {
    message += "; " + status.database + " was last seen at " + status.current_revision;
  }
  return message;
}

std::string MigratingMessage(const Observation& observation, const Plan& plan,
                             const RunProgress& progress) {
  const bool down = !plan.steps.empty() && plan.steps.front().direction == Direction::kDowngrade;
  std::string message = (down ? "downgrading " : "upgrading ") + Label(observation) + " from " +
                        ShowHeads(plan.from) + " to " + ShowHeads(plan.to) +
                        FromLedgerRemark(observation, plan);
  if (progress.step == 0) return message + ": " + Count(plan.steps.size(), "step");
  return message + ": step " + std::to_string(progress.step) + " of " +
         std::to_string(progress.steps) + ", revision " + progress.revision;
}

std::string RehearsingMessage(const Observation& observation, const Plan& plan) {
  const std::size_t steps = plan.steps.size();
  return "trying " + std::to_string(steps) + (steps == 1 ? " step" : " steps") + " from " +
         ShowHeads(plan.from) + " to " + ShowHeads(plan.to) + " out in a scratch database beside " +
         observation.identity->label;
}

std::string WaitingForLockMessage(const Observation& observation,
                                  const std::optional<LockHolder>& holder) {
  std::string message = "another session holds the migration lock of " + Label(observation);
  if (!holder) return message + "; it is tried again until that session ends";
  message += ": pid " + std::to_string(holder->pid);
  if (!holder->application.empty()) message += ", application " + JsonQuote(holder->application);
  if (!holder->since.empty()) message += ", since " + holder->since;
  return message + "; it is tried again until that session ends (if it is stuck: SELECT " +
         "pg_terminate_backend(" + std::to_string(holder->pid) + "))";
}

std::string DatabaseUnreachableMessage(const Observation& observation) {
  return "cannot read " + Label(observation) + ": " + observation.database.error().message +
         "; it is tried again with pauses of up to 1m";
}

std::string PrivilegeRefusedMessage(const Observation& observation) {
  return Label(observation) + ": " + DescribeExcessRights(*observation.database) +
         ": name the role that owns the schema in the Secret; only the operator's own flag " +
         "--allow-superuser lets it pass";
}

std::string BaselineRequiredMessage(const SchemaVersion& object, const Observation& observation) {
  const DatabaseSpec& database = object.spec->database;
  return Label(observation) + " has tables, but no row of " + database.version_table_schema + "." +
         database.version_table +
         " says which revision they are at: set spec.baseline to the revision whose schema is " +
         "there, or to base when these tables are not the revisions' and every one shall run";
}

std::string BaselineNotFoundMessage(const SchemaVersion& object, const Error& error) {
  return "spec.baseline " + JsonQuote(*object.spec->baseline) + ": " + error.message;
}

std::string AdoptingMessage(const Observation& observation, const Goal& baseline) {
  return "taking " + Label(observation) + " over at " + ShowHeads(baseline.revisions) +
         ", as spec.baseline says";
}

std::string AwaitingApprovalMessage(const Observation& observation, const Plan& plan) {
  return DowngradeSentence(observation, plan) +
         " and spec.policy.downgrade is RequireApproval: set \"spec.policy.downgrade: Allow\" to " +
         "let it run, or " + StayAdvice(observation, plan);
}

std::string DowngradeDeniedMessage(const Observation& observation, const Plan& plan) {
  return DowngradeSentence(observation, plan) +
         ", which \"spec.policy.downgrade: Deny\" forbids: " + StayAdvice(observation, plan) +
         ", or change the policy";
}

std::string IrreversibleMessage(const Observation& observation, const Goal& goal,
                                const Error& error) {
  return Label(observation) + " is at " + ShowHeads(observation.database->heads) +
         " and cannot go down to " + ShowHeads(goal.revisions) + ": " + error.message;
}

std::string TargetNotFoundMessage(const SchemaVersion& object, const Error& error) {
  return "spec.targetRevision " + JsonQuote(object.spec->target_revision) + ": " + error.message;
}

std::string UnknownRevisionMessage(const Observation& observation, const Error& error) {
  const auto unknown = UnknownRows(*observation.source->graph, observation.database->heads);
  return Label(observation) + " is at " + Join(unknown, ", ") + ", which " +
         (unknown.size() == 1 ? "is" : "are") + " not among the " +
         Count(observation.source->graph->size(), "revision") + " of the source (" + error.message +
         "): put the missing file back, or, when the database's version row is what is wrong, " +
         "correct it with \"schemactl stamp\"";
}

std::string ChecksumMismatchMessage(const Observation& observation,
                                    const std::vector<ChangedRevision>& changed) {
  return Label(observation) + ": " + DescribeChanged(changed);
}

std::string MigrationFailedMessage(const FailureStatus& failure, const std::string& label,
                                   const std::string& heads) {
  return Cause(failure) + "; " + label + " stays at " + heads +
         "; correct the revision's file, the database or the spec: it is tried again when one of " +
         "them changes, and every spec.interval";
}

std::string InDoubtMessage(const FailureStatus& failure, const std::string& label) {
  return Cause(failure) + "; whether this took effect on " + label +
         " cannot be proved, so it is not repeated: look at the database, then say what is true " +
         "with \"schemactl resolve " + failure.revision + " --done\" or \"schemactl resolve " +
         failure.revision + " --retry\"; the operator goes on by itself";
}

std::string RetryingMessage(const FailureStatus& failure, const std::string& label) {
  std::string message =
      "attempt " + std::to_string(failure.attempts) + " on " + label + " failed: " + Cause(failure);
  if (failure.next_retry_time) {
    message += "; the next attempt is at " + FormatRfc3339(*failure.next_retry_time);
  }
  return message;
}

std::string InterruptedMessage(const std::optional<InterruptedStep>& step, const std::string& label,
                               const std::string& heads) {
  std::string fate = "no step was under way and ";
  if (step) {
    fate = step->in_transaction ? "the step under way was rolled back and "
                                : DescribeRemains(*step) + "; ";
  }
  return "the operator was told to stop in the middle of a migration: " + fate + label + " is at " +
         heads + "; the operator goes on from there when it runs again";
}

DriftFinding Shortened(DriftFinding finding) {
  if (finding.changes.size() > kMostChangesNamed) {
    finding.left_out += finding.changes.size() - kMostChangesNamed;
    finding.changes.resize(kMostChangesNamed);
  }
  finding.sql = Truncate(finding.sql, kMostDriftSql);
  return finding;
}

std::string SomeChanges(const DriftFinding& finding) {
  const DriftFinding some = Shortened(finding);
  std::string text = Join(some.changes, ", ");
  if (some.left_out > 0) text += " and " + Count(some.left_out, "other");
  return text;
}

std::string DriftMessage(const Observation& observation, const DriftFinding& finding) {
  switch (finding.kind) {
    case DriftFinding::Kind::kNone:
      return "the schema of " + Label(observation) + " is as the last migration left it";
    case DriftFinding::Kind::kNoSnapshot:
      return "whether the schema of " + Label(observation) +
             " drifted cannot be told: " + finding.why;
    case DriftFinding::Kind::kDrifted:
      break;
  }
  return "the schema of " + Label(observation) +
         " was changed beside its migrations: " + SomeChanges(finding) +
         "; write a revision for what is right and run schemactl drift --accept, or take it "
         "back:\n" +
         Truncate(finding.sql, kMostDriftSql);
}

std::string DriftUnknownMessage(const Observation& observation, const Error& error) {
  return "whether the schema of " + Label(observation) +
         " drifted cannot be told: " + error.message;
}

std::string DriftBlockedMessage(const Observation& observation, const DriftFinding& finding) {
  return "spec.policy.drift is Block and the schema of " + Label(observation) +
         " was changed beside its migrations (" + SomeChanges(finding) +
         "); the condition Drifted has the SQL that takes it back; to take it for right, run "
         "schemactl drift --accept; then set the annotation schemaversion.io/requestedAt";
}

}  // namespace schemaop
