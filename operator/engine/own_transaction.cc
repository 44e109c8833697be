#include "engine/own_transaction.h"

#include <utility>

namespace schemaop {
namespace {

Error EndedInside() {
  return {
      ErrorCode::kRejected,
      "the statement ended the transaction it ran in: what ran before it may be committed without "
      "its version row; take COMMIT and ROLLBACK out of it and check the database"};
}

std::string Milliseconds(std::chrono::milliseconds time) { return std::to_string(time.count()); }

}  // namespace

Result<OwnTransaction> OwnTransaction::Begin(TargetDatabase& database,
                                             const std::stop_token& stop) {
  Session& session = database.session();
  const DatabaseOptions& options = database.options();
  auto begun = session.Execute("BEGIN", stop);
  if (!begun) return Fail(WithContext(ToError(begun.error()), "cannot begin a transaction"));
  OwnTransaction transaction(database, "");
  auto limits = session.Execute(
      "SET LOCAL lock_timeout = " + Milliseconds(options.lock_timeout) +
          "; SET LOCAL statement_timeout = " + Milliseconds(options.statement_timeout),
      stop);
  if (!limits) return Fail(ToError(limits.error()));
  auto id = session.Query("SELECT pg_catalog.txid_current()", {}, stop);
  if (!id) return Fail(WithContext(ToError(id.error()), "cannot write to the database"));
  transaction.id_ = id->front().Text(0);
  return transaction;
}

OwnTransaction::OwnTransaction(OwnTransaction&& other) noexcept
    : database_(std::exchange(other.database_, nullptr)), id_(std::move(other.id_)) {}

OwnTransaction::~OwnTransaction() {
  if (database_ == nullptr) return;
  database_->ForgetCreated();
  // Not to be stopped: it is the answer to a stop. The server rolls back by itself when the
  // connection is gone.
  if (database_->session().connected()) (void)database_->session().Execute("ROLLBACK", {});
}

Result<void> OwnTransaction::CheckStillOpen(const std::stop_token& stop) {
  Session& session = database_->session();
  if (session.transaction_state() != TransactionState::kOpen) return Fail(EndedInside());
  auto id = session.Query("SELECT pg_catalog.txid_current_if_assigned()", {}, stop);
  if (!id) return Fail(ToError(id.error()));
  if (id->front().Text(0) != id_) return Fail(EndedInside());
  return {};
}

CommitOutcome OwnTransaction::Commit(const std::stop_token& stop) {
  Session& session = database_->session();
  auto answer = session.Execute("COMMIT", stop);
  if (answer && answer->tag == "COMMIT") {
    database_->KeepCreated();
    database_ = nullptr;
    return {};
  }
  if (answer) {
    SqlError error{.code = ErrorCode::kInternal,
                   .message = "the server answered COMMIT with " + answer->tag};
    return {CommitOutcome::Kind::kRolledBack, std::move(error)};
  }
  const bool lost = !session.connected();
  if (lost) std::exchange(database_, nullptr)->ForgetCreated();
  return {lost ? CommitOutcome::Kind::kUnknown : CommitOutcome::Kind::kRolledBack, answer.error()};
}

}  // namespace schemaop
