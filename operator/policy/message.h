// The sentences of conditions: what it is about, what is so, what to do. Written for whoever reads
// `kubectl describe` at three in the morning. None holds a time that moves, but for that of the
// next attempt, so that an unchanged state has an unchanged message. Pure.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "api/schema_version.h"
#include "policy/observation.h"
#include "revision/changed_revision.h"
#include "revision/plan.h"
#include "revision/run_report.h"

namespace schemaop {

// "003", "003,7a1" or "<base>".
std::string ShowHeads(const Heads& heads);

// A direction's name in status: "Upgrade" or "Downgrade".
std::string ShowDirection(Direction direction);

// Each is the message of the reason it is named after.
std::string UpToDateMessage(const SchemaVersion& object, const Observation& observation);
std::string SuspendedMessage(const SchemaVersionStatus& status);
std::string MigratingMessage(const Observation& observation, const Plan& plan,
                             const RunProgress& progress);
std::string RehearsingMessage(const Observation& observation, const Plan& plan);
std::string WaitingForLockMessage(const Observation& observation,
                                  const std::optional<LockHolder>& holder);
std::string DatabaseUnreachableMessage(const Observation& observation);
std::string PrivilegeRefusedMessage(const Observation& observation);
std::string BaselineRequiredMessage(const SchemaVersion& object, const Observation& observation);
// Of the reason TargetNotFound, when it is spec.baseline that names nothing or several.
std::string BaselineNotFoundMessage(const SchemaVersion& object, const Error& error);
// What stamping the database is about, for what came of it.
std::string AdoptingMessage(const Observation& observation, const Goal& baseline);
std::string AwaitingApprovalMessage(const Observation& observation, const Plan& plan);
std::string DowngradeDeniedMessage(const Observation& observation, const Plan& plan);
std::string IrreversibleMessage(const Observation& observation, const Goal& goal,
                                const Error& error);
std::string TargetNotFoundMessage(const SchemaVersion& object, const Error& error);
// `error`: why the history cannot be completed from the ledger.
std::string UnknownRevisionMessage(const Observation& observation, const Error& error);
// REQUIRES: `changed` is not empty.
std::string ChecksumMismatchMessage(const Observation& observation,
                                    const std::vector<ChangedRevision>& changed);

// What the condition Drifted says of a finding, or of why there is none. The SQL is cut to what a
// condition's message takes.
std::string DriftMessage(const Observation& observation, const DriftFinding& finding);
std::string DriftUnknownMessage(const Observation& observation, const Error& error);
std::string DriftBlockedMessage(const Observation& observation, const DriftFinding& finding);

// "index app.i removed, table app.t added and 3 others": the first few of a finding's changes.
std::string SomeChanges(const DriftFinding& finding);

// What these sentences take of `finding`: they are the same of both.
DriftFinding Shortened(DriftFinding finding);

// What the failure in status means, by its kind. `label` and `heads` are the database as it was
// left.
std::string MigrationFailedMessage(const FailureStatus& failure, const std::string& label,
                                   const std::string& heads);
std::string InDoubtMessage(const FailureStatus& failure, const std::string& label);
std::string RetryingMessage(const FailureStatus& failure, const std::string& label);

// Where a run ended when the operator was told to stop; `step`: see RunReport::interrupted.
std::string InterruptedMessage(const std::optional<InterruptedStep>& step, const std::string& label,
                               const std::string& heads);

// "revision 004 at 004_x.sql:12:3, statement 3, SQLSTATE 42P07": where a failure was, without the
// server's words.
std::string FailurePlace(const FailureStatus& failure);

}  // namespace schemaop
