// The sentences of conditions: what it is about, what is so, what to do. Written for whoever reads
// `kubectl describe` at three in the morning. None holds a time that moves, so that an unchanged
// state has an unchanged message. Pure.
#pragma once

#include <optional>
#include <string>

#include "api/schema_version.h"
#include "policy/observation.h"
#include "revision/plan.h"
#include "revision/run_report.h"

namespace schemaop {

// "003", "003,7a1" or "<base>".
std::string ShowHeads(const Heads& heads);

// "upgrade" or "downgrade" and its direction's name in status, "Upgrade" or "Downgrade".
std::string ShowDirection(Direction direction);

// Each is the message of the reason it is named after.
std::string UpToDateMessage(const SchemaVersion& object, const Observation& observation);
std::string SuspendedMessage(const SchemaVersionStatus& status);
std::string MigratingMessage(const Observation& observation, const Plan& plan,
                             const RunProgress& progress);
std::string WaitingForLockMessage(const Observation& observation,
                                  const std::optional<LockHolder>& holder);
std::string DatabaseUnreachableMessage(const Observation& observation);
std::string AwaitingApprovalMessage(const Observation& observation, const Plan& plan);
std::string DowngradeDeniedMessage(const Observation& observation, const Plan& plan);
std::string IrreversibleMessage(const Observation& observation, const Goal& goal,
                                const Error& error);
std::string TargetNotFoundMessage(const SchemaVersion& object, const Error& error);
std::string UnknownRevisionMessage(const Observation& observation, const Heads& unknown);

// What the failure in status means, by its kind. `label` and `heads` are the database as it was
// left.
std::string MigrationFailedMessage(const FailureStatus& failure, const std::string& label,
                                   const std::string& heads);
std::string InDoubtMessage(const FailureStatus& failure, const std::string& label);
std::string RetryingMessage(const FailureStatus& failure, const std::string& label);

// Where a run ended when the operator was told to stop.
std::string InterruptedMessage(const std::string& label, const std::string& heads);

// "revision 004 at 004_x.sql:12:3, statement 3, SQLSTATE 42P07": where a failure was, without the
// server's words.
std::string FailurePlace(const FailureStatus& failure);

}  // namespace schemaop
