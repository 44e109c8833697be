#include "policy/reason.h"

namespace schemaop {

ReasonTraits TraitsOf(Reason reason) {
  using Kind = ReasonTraits::Kind;
  switch (reason) {
    case Reason::kUpToDate:
      return {"UpToDate", Kind::kReady};
    case Reason::kSuspended:
      return {"Suspended", Kind::kReady};
    case Reason::kMigrating:
      return {"Migrating", Kind::kReconciling};
    case Reason::kWaitingForLock:
      return {"WaitingForLock", Kind::kReconciling};
    case Reason::kRetrying:
      return {"Retrying", Kind::kReconciling};
    case Reason::kDatabaseUnreachable:
      return {"DatabaseUnreachable", Kind::kReconciling};
    case Reason::kAwaitingApproval:
      return {"AwaitingApproval", Kind::kWaiting};
    case Reason::kSpecInvalid:
      return {"SpecInvalid", Kind::kStalled};
    case Reason::kSourceInvalid:
      return {"SourceInvalid", Kind::kStalled};
    case Reason::kSecretInvalid:
      return {"SecretInvalid", Kind::kStalled};
    case Reason::kTargetNotFound:
      return {"TargetNotFound", Kind::kStalled};
    case Reason::kUnknownRevision:
      return {"UnknownRevision", Kind::kStalled};
    case Reason::kDowngradeDenied:
      return {"DowngradeDenied", Kind::kStalled};
    case Reason::kMigrationFailed:
      return {"MigrationFailed", Kind::kStalled};
    case Reason::kInDoubt:
      return {"InDoubt", Kind::kStalled};
  }
  return {"Retrying", Kind::kReconciling};
}

}  // namespace schemaop
