// SchemaVersion, group schemaversion.io/v1alpha1: the resource this operator reconciles. Fields,
// defaults and bounds are those of crds/schemaversion.io_schemaversions.yaml; tests/packaging
// compares the two.
#pragma once

#include <chrono>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <nlohmann/json_fwd.hpp>

#include "api/condition.h"
#include "api/object_meta.h"
#include "base/error.h"

namespace schemaop {

inline constexpr std::string_view kApiGroup = "schemaversion.io";
inline constexpr std::string_view kApiVersion = "v1alpha1";
inline constexpr std::string_view kSchemaVersionPlural = "schemaversions";
inline constexpr std::string_view kSchemaVersionKind = "SchemaVersion";

// The annotation whose change asks for another attempt now; echoed in .status.lastHandledRequest.
inline constexpr std::string_view kRequestedAtAnnotation = "schemaversion.io/requestedAt";

// How heads are shown in status when there are none, or how base is as a target.
inline constexpr std::string_view kBaseShown = "<base>";

// A Secret in the object's own namespace; `key` names the entry that holds the URL, when not a
// usual one.
struct SecretReference {
  std::string name;
  std::optional<std::string> key;

  bool operator==(const SecretReference&) const = default;
};

// Names are PostgreSQL identifiers, taken literally, 1 to 63 bytes each; at most 16 in searchPath.
struct DatabaseSpec {
  SecretReference secret;
  std::optional<std::string> role;       // SET ROLE before submitted SQL
  std::vector<std::string> search_path;  // for submitted SQL; empty: the role's own
  std::string version_table = "alembic_version";
  std::string version_table_schema = "public";
  std::string ledger_schema = "schemaversion";

  bool operator==(const DatabaseSpec&) const = default;
};

// Where revisions come from; exactly one is set (checked by ParseSchemaVersion as by the CRD's
// rule).
struct MigrationsSpec {
  std::vector<std::string> config_maps;             // names, own namespace; merged
  std::map<std::string, std::string> inline_files;  // file name -> text
  std::optional<std::string> path;  // under the operator's --migrations-root; relative, no ".."

  bool operator==(const MigrationsSpec&) const = default;
};

// What happens when the target is below what the database holds.
enum class DowngradePolicy { kAllow, kRequireApproval, kDeny };

// What a schema that is not as its last migration left it means.
enum class DriftPolicy {
  kOff,     // nothing is compared or kept
  kReport,  // the condition Drifted
  kBlock,   // the same, and no migration starts
};

// What may run without a person. At most 100 globs in driftExclude.
struct PolicySpec {
  DowngradePolicy downgrade = DowngradePolicy::kRequireApproval;
  DriftPolicy drift = DriftPolicy::kReport;
  std::vector<std::string> drift_exclude = {};  // see catalog/scope.h
  bool require_rehearsal = false;  // steps run only after they went well in a scratch database

  bool operator==(const PolicySpec&) const = default;
};

// How statements run. Durations are at most 24h.
struct ExecutionSpec {
  // Which steps of a run share a transaction: each its own, or one for all.
  enum class TransactionMode { kPerRevision, kSingle };

  TransactionMode transaction_mode = TransactionMode::kPerRevision;
  std::chrono::milliseconds lock_timeout{
      1000};  // the longest one attempt makes others wait; never 0
  std::chrono::milliseconds statement_timeout{0};          // 0: none
  std::chrono::milliseconds non_transactional_timeout{0};  // 0: none
  // How long a transaction that cannot get its locks is tried again; 0: one attempt.
  std::chrono::milliseconds retry_budget{600000};

  bool operator==(const ExecutionSpec&) const = default;
};

// .spec: the desired state.
struct SchemaVersionSpec {
  std::string target_revision;  // absolute, 1 to 256 bytes
  DatabaseSpec database;
  MigrationsSpec migrations;
  PolicySpec policy;
  ExecutionSpec execution;
  // What a database with tables and no version row is at, absolute as the target; it is stamped so,
  // once.
  std::optional<std::string> baseline = {};
  bool checks = false;  // run the source's file of checks when the database is at the target
  bool suspend = false;
  std::chrono::milliseconds interval{600000};  // 1s to 24h

  bool operator==(const SchemaVersionSpec&) const = default;
};

// A session that the running statement waits for; what the role may not see is empty.
struct BlockerStatus {
  int pid = 0;  // 0: a prepared transaction
  std::string application;
  std::string state;          // "idle in transaction"
  std::optional<Time> since;  // start of its transaction, whole seconds

  bool operator==(const BlockerStatus&) const = default;
};

// .status.progress, present only while steps run.
struct ProgressStatus {
  std::string revision;
  std::string direction;  // "Upgrade" or "Downgrade"
  int step = 0;
  int steps = 0;
  int statement = 0;
  int statements = 0;
  // "waiting for a lock", "building index: scanning table"; empty when the statement just runs.
  std::string phase = {};
  std::int64_t blocks_done = 0;
  std::int64_t blocks_total = 0;
  std::optional<BlockerStatus> blocked_by = {};
  std::optional<Time> started_at = {};  // of the attempt at the step, whole seconds

  bool operator==(const ProgressStatus&) const = default;
};

// .status.failure, present while the last attempt's failure stands.
struct FailureStatus {
  std::string revision;
  std::string file;
  int line = 0;
  int column = 0;
  int statement = 0;
  std::string sqlstate;
  std::string message;
  std::string hint;
  bool retryable = false;
  bool in_doubt = false;                // whether the statement took effect cannot be proved
  int attempts = 0;                     // with these inputs
  std::optional<Time> next_retry_time;  // absent: not before the inputs change
  // Digest of what was tried (generation, source, Secret version, heads, requestedAt): a stalled
  // object is tried again when it changes.
  std::string inputs;

  bool operator==(const FailureStatus&) const = default;
};

// One revision that was committed.
struct AppliedStatus {
  std::int64_t sequence = 0;  // of its row in the database's ledger: what tells it from others
  std::string revision;
  std::string direction;
  Time at;               // whole seconds
  std::string duration;  // "1.2s"

  bool operator==(const AppliedStatus&) const = default;
};

// What the last run that applied something, or tried to, did to other sessions.
struct ReceiptStatus {
  Time at;                    // its end, whole seconds
  int retries = 0;            // transactions rolled back and tried again to let others pass
  std::string others_waited;  // the longest another session was seen waiting for it: "103ms"

  bool operator==(const ReceiptStatus&) const = default;
};

// The source that was read last.
struct SourceStatus {
  std::string digest;
  int revisions = 0;

  bool operator==(const SourceStatus&) const = default;
};

// .status.checks: the last run of the checks; what it came to is the condition Verified.
struct ChecksStatus {
  // Digest of what the verdict depends on (the file, the database and its last step, spec.database,
  // requestedAt): the checks are run again when it changes.
  std::string inputs;
  int total = 0;
  int failed = 0;

  bool operator==(const ChecksStatus&) const = default;
};

// The outcomes of a rehearsal.
inline constexpr std::string_view kOutcomePassed = "Passed";
inline constexpr std::string_view kOutcomeFailed = "Failed";
inline constexpr std::string_view kOutcomeDenied = "Denied";  // no right to make the database

// .status.rehearsal: the last rehearsal of steps, present while spec.policy.requireRehearsal is
// true.
struct RehearsalStatus {
  std::string inputs;  // as FailureStatus::inputs: another rehearsal is made when it changes
  std::string outcome;
  int steps = 0;
  Time at;              // whole seconds
  std::string message;  // what it found

  bool operator==(const RehearsalStatus&) const = default;
};

// .status, whole: written by one merge patch and by nobody else.
struct SchemaVersionStatus {
  std::int64_t observed_generation = -1;
  std::string current_revision;  // heads, comma-separated; "<base>"; empty while unknown
  std::string target_revision;   // what spec.targetRevision resolved to; empty while unknown
  std::optional<int> pending;    // steps still to run; negative for a downgrade
  std::string database;          // "projects@db.engineering.svc:5432"
  std::optional<SourceStatus> source;
  std::optional<ProgressStatus> progress;
  std::optional<FailureStatus> failure;
  std::optional<ChecksStatus> checks;
  std::optional<RehearsalStatus> rehearsal;
  std::optional<AppliedStatus> last_applied;
  std::optional<ReceiptStatus> receipt;
  std::vector<AppliedStatus> history;  // newest last, at most 10
  std::string last_handled_request;    // echo of the annotation schemaversion.io/requestedAt
  Conditions conditions;

  bool operator==(const SchemaVersionStatus&) const = default;
};

// One object.
struct SchemaVersion {
  ObjectMeta metadata;
  // The spec, or why it is refused although the server stored it (objects older than a rule of the
  // CRD).
  Result<SchemaVersionSpec> spec;
  SchemaVersionStatus status;

  bool operator==(const SchemaVersion&) const = default;
};

// Reads an object as a server sends it. An unusable spec is data (`spec` holds the error, naming
// the field path); the Result fails only when the metadata is unusable. Unreadable status parts
// read as absent.
Result<SchemaVersion> ParseSchemaVersion(const nlohmann::json& object);

// The "status" member. Absent optionals and empty strings are left out.
nlohmann::json ToJson(const SchemaVersionStatus& status);

// The merge patch (RFC 7386) that turns `before` into `after` on /status, guarded by metadata.uid
// and metadata.resourceVersion; nullopt when they say the same.
std::optional<nlohmann::json> StatusPatch(const ObjectMeta& metadata,
                                          const SchemaVersionStatus& before,
                                          const SchemaVersionStatus& after);

}  // namespace schemaop
