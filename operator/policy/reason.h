// Every reason of the Ready condition, once, with what it means for kstatus and for the next visit.
#pragma once

#include <string_view>

namespace schemaop {

// The words of the condition Ready. TraitsOf says what each does.
enum class Reason {
  kUpToDate,        // the database is at the target
  kSuspended,       // spec.suspend
  kMigrating,       // steps are running
  kWaitingForLock,  // another session holds the migration lock, or another object has its turn at
                    // the database or server; the message names it
  kRetrying,        // a transient error; the message has the cause, the attempt and the next time
  kDatabaseUnreachable,  // cannot connect or authenticate; retried
  kAwaitingApproval,     // policy wants a person's yes; the message says which field gives it
  kSpecInvalid,          // the spec breaks a rule that this server did not check
  kSourceInvalid,   // files do not parse, cycle, duplicate id, missing parent; missing ConfigMap or
                    // folder
  kSecretInvalid,   // missing Secret or key, malformed URL (never echoed)
  kTargetNotFound,  // the target resolves to nothing or to several
  kPrivilegeRefused,  // the login is a superuser or the like, and this operator wants none
  kPoolerDetected,    // the Secret leads to a pooler that shares sessions; the message says how not
  kBaselineRequired,  // tables that nobody says the revision of; the message says which field does
  kUnknownRevision,   // the database is at a revision that neither source nor ledger knows
  kChecksumMismatch,  // an applied revision's text changed; the message names it
  kDowngradeDenied,   // policy.downgrade is Deny, or a revision on the way has no down section
  kDriftBlocked,      // policy.drift is Block and the schema was changed beside migrations
  kMigrationFailed,   // the server refused a statement for good; .status.failure has it all
  kRehearsing,        // the steps are tried out in a scratch database, as policy wants
  kRehearsalFailed,   // that went wrong; the message says what and where
  kRehearsalDenied,   // the role may not make a scratch database; the message says what to grant
  kInDoubt,           // a non-transactional statement's outcome cannot be proved
};

// The words of the condition Drifted.
enum class DriftReason {
  kSchemaMatches,     // False: the schema is as the last migration left it
  kSchemaDiffers,     // True: it was changed since; the message names the objects and the SQL
  kNoSnapshot,        // Unknown: nothing was kept to compare with, the message says what to do
  kSchemaUnreadable,  // Unknown: the schema cannot be read, the message says why
};

// "SchemaMatches", as in the condition.
std::string_view NameOf(DriftReason reason);

// What a reason does besides naming itself.
struct ReasonTraits {
  std::string_view name;  // "UpToDate", as in the condition
  enum class Kind {
    kReady,
    kReconciling,
    kStalled,
    kWaiting
  } kind;  // kWaiting: Ready=False and nothing else
};

// Every reason has its row. Suspended is kReady but keeps the value that Ready had.
ReasonTraits TraitsOf(Reason reason);

}  // namespace schemaop
