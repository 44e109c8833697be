// Every reason of the Ready condition, once, with what it means for kstatus and for the next visit.
#pragma once

#include <string_view>

namespace schemaop {

// The words of the condition Ready. TraitsOf says what each does.
enum class Reason {
  kUpToDate,        // the database is at the target
  kSuspended,       // spec.suspend
  kMigrating,       // steps are running
  kWaitingForLock,  // another session holds the migration lock; the message names it
  kRetrying,        // a transient error; the message has the cause, the attempt and the next time
  kDatabaseUnreachable,  // cannot connect or authenticate; retried
  kAwaitingApproval,     // policy wants a person's yes; the message says which field gives it
  kSpecInvalid,          // the spec breaks a rule that this server did not check
  kSourceInvalid,   // files do not parse, cycle, duplicate id, missing parent; missing ConfigMap or
                    // folder
  kSecretInvalid,   // missing Secret or key, malformed URL (never echoed)
  kTargetNotFound,  // the target resolves to nothing or to several
  kUnknownRevision,  // the database is at a revision that the source does not know
  kDowngradeDenied,  // policy.downgrade is Deny
  kMigrationFailed,  // the server refused a statement for good; .status.failure has it all
  kInDoubt,          // a non-transactional statement's outcome cannot be proved
};

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
