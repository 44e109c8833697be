#include "engine/own_transaction.h"

#include <utility>

#include "base/fault_point.h"

namespace schemaop {
namespace {

#ifdef SCHEMAOP_FAULT_POINTS
CommitOutcome NotSent(const Error& fault) {
  return {CommitOutcome::Kind::kRolledBack, {.code = fault.code, .message = fault.message}};
}
#endif

constexpr const char* kReadOnly = "default_transaction_read_only";

// Known without asking from PostgreSQL 14 on; earlier ones refuse the first change (25006).
Result<void> CheckWritable(const Session& session) {
  if (session.parameter("in_hot_standby") == "on") {
    return Fail(ErrorCode::kUnavailable,
                session.label() +
                    " is a standby, which takes no changes; name the primary, or all hosts, of "
                    "which the one that accepts writes is taken");
  }
  if (session.parameter(kReadOnly) == "on") {
    return Fail(ErrorCode::kUnavailable,
                session.label() +
                    " gives read-only transactions: default_transaction_read_only is on for the "
                    "server, the database or the role; switch it off");
  }
  return {};
}

constexpr std::chrono::seconds kIdleLimit{60};

std::string Milliseconds(std::chrono::milliseconds time) { return std::to_string(time.count()); }

std::string LockTimeoutSql(std::chrono::milliseconds lock_timeout) {
  return "SET LOCAL lock_timeout = " + Milliseconds(lock_timeout);
}

}  // namespace

Result<OwnTransaction> OwnTransaction::Begin(TargetDatabase& database,
                                             const std::stop_token& stop) {
  return Begin(database, database.options().lock_timeout, For::kOwn, stop);
}

Result<OwnTransaction> OwnTransaction::Begin(TargetDatabase& database,
                                             std::chrono::milliseconds lock_timeout, For whom,
                                             const std::stop_token& stop) {
  Session& session = database.session();
  SCHEMAOP_FAULT_POINT("engine.transaction.beginning");
  // It may be the revision before that set it.
  if (session.parameter(kReadOnly) == "on") {
    if (auto reset = database.ResetIfDue(stop); !reset) return Fail(reset.error());
  }
  if (auto writable = CheckWritable(session); !writable) return Fail(writable.error());
  OwnTransaction transaction(database, lock_timeout);
  auto early = whom == For::kSubmitted ? database.TakeBegun(lock_timeout) : std::nullopt;
  if (early) {
    transaction.id_ = *std::move(early);
    SCHEMAOP_FAULT_POINT("engine.transaction.begun");
  } else if (auto begun = transaction.BeginNow(whom, stop); !begun) {
    return Fail(begun.error());
  }
  SCHEMAOP_FAULT_POINT("engine.transaction.known");
  return transaction;
}

Result<void> OwnTransaction::BeginNow(For whom, const std::stop_token& stop) {
  Session& session = database_->session();
  auto begun =
      session.Ask(database_->TakeDueReset() + BeginSql(*database_, lock_timeout_, whom), stop);
  SCHEMAOP_FAULT_POINT("engine.transaction.begun");
  if (!begun) {
    const bool open = session.transaction_state() == TransactionState::kFailed;
    return Fail(WithContext(ToError(begun.error()),
                            open ? "cannot write to the database" : "cannot begin a transaction"));
  }
  id_ = begun->front().Text(0);
  return {};
}

// One message for what is one round trip's work.
std::string OwnTransaction::BeginSql(const TargetDatabase& database,
                                     std::chrono::milliseconds lock_timeout, For whom) {
  std::string sql =
      "BEGIN; " + LimitsSql(database, lock_timeout) + "; SELECT pg_catalog.txid_current()";
  if (whom == For::kSubmitted) sql += ", " + database.EnterSubmittedSql();
  return sql;
}

OwnTransaction::OwnTransaction(OwnTransaction&& other) noexcept
    : database_(std::exchange(other.database_, nullptr)),
      lock_timeout_(other.lock_timeout_),
      id_(std::move(other.id_)) {}

OwnTransaction::~OwnTransaction() {
  if (database_ == nullptr) return;
  SCHEMAOP_CRASH_POINT("engine.rollback.sending");
  database_->ForgetCreated();
  // Not to be stopped: it is the answer to a stop. The server rolls back by itself when the
  // connection is gone.
  if (database_->session().connected()) (void)database_->session().Execute("ROLLBACK", {});
  SCHEMAOP_CRASH_POINT("engine.rollback.answered");
}

std::string OwnTransaction::LimitsSql(const TargetDatabase& database,
                                      std::chrono::milliseconds lock_timeout) {
  return LockTimeoutSql(lock_timeout) +
         "; SET LOCAL statement_timeout = " + Milliseconds(database.options().statement_timeout) +
         "; SET LOCAL idle_in_transaction_session_timeout = " + Milliseconds(kIdleLimit);
}

Result<void> OwnTransaction::SetLimits(const std::stop_token& stop) {
  auto limits = database_->session().Execute(LimitsSql(*database_, lock_timeout_), stop);
  if (!limits) return Fail(ToError(limits.error()));
  return {};
}

Result<void> OwnTransaction::SetLockTimeout(const std::stop_token& stop) {
  auto set = database_->session().Execute(LockTimeoutSql(lock_timeout_), stop);
  if (!set) return Fail(ToError(set.error()));
  return {};
}

// It cannot be known from here whether what failed left the session as it was.
void OwnTransaction::Follow(const ScriptAnswer& answer, std::chrono::milliseconds lock_timeout) {
  if (answer.error) {
    database_->PutOffReset();
  } else {
    database_->NoteBegun(answer.rows.front().Text(0), lock_timeout);
  }
}

CommitOutcome OwnTransaction::Commit(const std::stop_token& stop, Follower follower) {
  Session& session = database_->session();
  SCHEMAOP_FAULT_POINT_OR("engine.commit.sending", NotSent(fault));
  std::string sql = "COMMIT";
  if (follower) {
    sql += "; " + database_->EarlyReset() + BeginSql(*database_, *follower, For::kSubmitted);
  }
  ScriptAnswer answer = session.Script(sql, stop);
  SCHEMAOP_CRASH_POINT("engine.commit.answered");
  if (!answer.tags.empty() && answer.tags.front() == "COMMIT") {
    database_->KeepCreated();
    if (follower) Follow(answer, *follower);
    database_ = nullptr;
    return {};
  }
  if (!answer.tags.empty()) {
    SqlError error{.code = ErrorCode::kInternal,
                   .message = "the server answered COMMIT with " + answer.tags.front()};
    return {CommitOutcome::Kind::kRolledBack, std::move(error)};
  }
  const bool lost = !session.connected();
  if (lost) std::exchange(database_, nullptr)->ForgetCreated();
  return {lost ? CommitOutcome::Kind::kUnknown : CommitOutcome::Kind::kRolledBack,
          answer.error.value_or(SqlError{})};
}

Result<void> ExtendLedgerAlone(TargetDatabase& database, const std::stop_token& stop) {
  if (!database.lacks_tables()) return {};
  auto earlier = database.ledger().IsEarlier(stop);
  if (!earlier) return Fail(earlier.error());
  if (!*earlier) return {};
  auto transaction = OwnTransaction::Begin(database, stop);
  if (!transaction) return Fail(transaction.error());
  if (auto extended = database.ledger().Create(stop); !extended) return extended;
  const CommitOutcome outcome = transaction->Commit(stop);
  if (outcome.kind == CommitOutcome::Kind::kCommitted) return {};
  return Fail(WithContext(ToError(outcome.error), "cannot extend the ledger"));
}

Result<void> AppendAlone(TargetDatabase& database, LedgerRow row, const std::stop_token& stop) {
  auto transaction = OwnTransaction::Begin(database, stop);
  if (!transaction) return Fail(transaction.error());
  if (auto created = database.CreateMissing(stop); !created) return created;
  if (auto written = database.ledger().Append(std::move(row), stop); !written) return written;
  const CommitOutcome outcome = transaction->Commit(stop);
  if (outcome.kind == CommitOutcome::Kind::kCommitted) return {};
  return Fail(ToError(outcome.error));
}

}  // namespace schemaop
