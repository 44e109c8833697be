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
    case Reason::kPrivilegeRefused:
      return {"PrivilegeRefused", Kind::kStalled};
    case Reason::kPoolerDetected:
      return {"PoolerDetected", Kind::kStalled};
    case Reason::kBaselineRequired:
      return {"BaselineRequired", Kind::kStalled};
    case Reason::kUnknownRevision:
      return {"UnknownRevision", Kind::kStalled};
    case Reason::kChecksumMismatch:
      return {"ChecksumMismatch", Kind::kStalled};
    case Reason::kDowngradeDenied:
      return {"DowngradeDenied", Kind::kStalled};
    case Reason::kDriftBlocked:
      return {"DriftBlocked", Kind::kStalled};
    case Reason::kMigrationFailed:
      return {"MigrationFailed", Kind::kStalled};
    case Reason::kRehearsing:
      return {"Rehearsing", Kind::kReconciling};
    case Reason::kRehearsalFailed:
      return {"RehearsalFailed", Kind::kStalled};
    case Reason::kRehearsalDenied:
      return {"RehearsalDenied", Kind::kStalled};
    case Reason::kInDoubt:
      return {"InDoubt", Kind::kStalled};
  }
  return {"Retrying", Kind::kReconciling};
}

std::string_view NameOf(DriftReason reason) {
  switch (reason) {
    case DriftReason::kSchemaMatches:
      return "SchemaMatches";
    case DriftReason::kSchemaDiffers:
      return "SchemaDiffers";
    case DriftReason::kNoSnapshot:
      return "NoSnapshot";
    case DriftReason::kSchemaUnreadable:
      return "SchemaUnreadable";
  }
  return "SchemaUnreadable";
}

}  // namespace schemaop
