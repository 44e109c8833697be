// What submitted SQL has to leave as it is: our transaction, our lock, our role, our tables.
#pragma once

#include <cstddef>
#include <stop_token>
#include <string>
#include <utility>
#include <vector>

#include "base/error.h"
#include "engine/own_transaction.h"
#include "engine/target_database.h"
#include "revision/plan.h"
#include "sql/statement.h"

namespace schemaop {

// Looks, while submitted SQL runs in an own transaction, at what that SQL may not change. The looks
// themselves find nothing through the submitted search_path: every name and operator in them is
// qualified.
//
// Locks tell who touched our tables: a transaction keeps those it took to its end, whatever it did
// them from (a function, a trigger, a DO block). The question is asked behind every statement, in
// the same round trip, but for plain DDL that does not mention our tables: such statements are sent
// together with the next one (and what they did after all is laid to the statement asked about
// next, or to the revision).
//
// One thing it does not refuse but undoes: whatever a revision (a pasted dump, as a rule) does to
// lock_timeout ends with the statement, for it is other sessions that would wait longer than the
// options say.
class SessionGuard {
 public:
  // `rows`: what the version table holds and has to hold while submitted SQL runs; `written`: how
  // many ledger rows this transaction has written. REQUIRES: both outlive the object;
  // CreateMissing() was called in `transaction`.
  SessionGuard(TargetDatabase& database, const OwnTransaction& transaction, Heads rows,
               std::size_t written)
      : database_(database), transaction_(transaction), rows_(std::move(rows)), written_(written) {}

  // kRejected for BEGIN, COMMIT and the like, which no revision file may hold; asked before the
  // statement is sent, as afterwards it is too late.
  static Result<void> Before(const Statement& statement);

  // Whether to send the next statement before anything is asked about this one.
  bool Trusts(const Statement& statement) const;

  // Whom to name in an error: the statement that has just run, or any of the revision.
  enum class Culprit { kStatement, kRevision };
  // Whose SQL runs next. Our own finds no name through the submitted search_path; what else
  // TargetDatabase::EnterOwn does is proved unnecessary by the answer. kCommit: our own, and no
  // submitted SQL any more in this transaction.
  enum class Next { kSubmitted, kOwn, kCommit };

  // What to ask behind the statements that have run. Before kCommit the constraints and triggers
  // that SQL put off to COMMIT, where nobody asks any more, have their turn first: a failure of
  // theirs is the answer to the first of three. Then its cursors are closed: COMMIT would run the
  // query of those that are to outlive it.
  std::vector<PipelinedStatement> Questions(Next next) const;

  // What the server answered to the question itself: kRejected, saying what the SQL did and what to
  // do; kUnavailable when the connection was lost; the question's own failure, a stop among others,
  // as it is.
  Result<void> Judge(const PipelineAnswer& answer, Culprit culprit,
                     const std::stop_token& stop) const;

 private:
  Result<void> CheckOpen() const;
  Result<void> CheckWhatIsKnown() const;
  Result<void> CheckTransaction(const Row& row) const;
  static Result<void> CheckEncoding(const std::string& encoding);
  Result<void> CheckLocks(const Rows& rows, const std::string& culprit,
                          const std::stop_token& stop) const;
  Result<void> CheckVersionRows(const std::string& culprit, const std::stop_token& stop) const;
  Result<void> CheckLedger(const std::string& culprit, const std::stop_token& stop) const;
  bool MentionsOurs(const Statement& statement) const;

  TargetDatabase& database_;
  const OwnTransaction& transaction_;
  Heads rows_;
  std::size_t written_;
};

}  // namespace schemaop
