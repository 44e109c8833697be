// Steps into a live database.
#pragma once

#include <memory>
#include <optional>
#include <stop_token>
#include <string>

#include "engine/own_transaction.h"
#include "engine/step_sink.h"
#include "engine/target_database.h"

namespace schemaop {

// Runs steps on a database whose migration lock is held. A transactional section is one transaction
// with its version rows and its ledger row; another one is journalled statement by statement. When
// the connection is lost in a COMMIT, reconnects, takes the lock again and finds out what became of
// it.
class LiveSteps : public StepSink {
 public:
  // `database` holds the lock and must outlive the object, which may replace what it points to.
  LiveSteps(std::unique_ptr<TargetDatabase>& database, std::string actor, std::stop_token stop)
      : database_(database), actor_(std::move(actor)), stop_(std::move(stop)) {}

  tl::expected<AppliedStep, StepFailure> Take(const Step& step, const Revision& revision,
                                              const StatementProgress& progress) override;

 private:
  using Done = tl::expected<void, StepFailure>;
  struct Work;  // a step on its way

  Done TakeInTransaction(const Work& work);
  Done RunStatements(const Work& work, OwnTransaction& transaction);
  Done FinishTransaction(const Work& work, OwnTransaction& transaction);
  Done TakeOneByOne(const Work& work);
  Done RunJournalled(const Work& work, std::size_t index);
  Result<std::optional<LedgerRow>> LastWord(const Work& work, std::size_t index);
  Done RunAlone(const Work& work, std::size_t index);
  Done WriteJournal(const Work& work, std::size_t index, LedgerKind kind);
  Done FinishOneByOne(const Work& work);
  Result<void> RecordStep(const Work& work);
  Done Commit(OwnTransaction& transaction, std::optional<Heads> heads_after, const Work& work);
  StepFailure Failure(Error error) const;
  StepFailure Failure(const Work& work, std::size_t index, const SqlError& error) const;

  std::unique_ptr<TargetDatabase>& database_;
  std::string actor_;
  std::stop_token stop_;
};

}  // namespace schemaop
