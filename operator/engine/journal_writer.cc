#include "engine/journal_writer.h"

#include <chrono>
#include <optional>
#include <thread>
#include <utility>

#include "base/fault_point.h"
#include "base/sha256.h"
#include "engine/own_transaction.h"
#include "engine/step_transaction.h"

namespace schemaop {
namespace {

constexpr std::chrono::seconds kJournalPatience{60};
constexpr std::chrono::milliseconds kJournalPause{250};

}  // namespace

Result<void> JournalWriter::Append(std::size_t index, LedgerKind kind, const std::string& note,
                                   const std::stop_token& stop) {
  SCHEMAOP_FAULT_POINT("engine.journal.writing");
  LedgerRow row;
  row.kind = kind;
  row.revision = context_.revision.id;
  row.direction = context_.step.direction;
  row.message = note;
  row.up_sql = context_.section.statements[index].text;
  row.checksum = Sha256Hex(row.up_sql);
  row.statement = static_cast<int>(index) + 1;
  row.started = context_.started;
  row.finished = std::chrono::system_clock::now();
  row.actor = context_.identity.actor;
  row.plan_hash = context_.identity.plan_hash;
  return database_->ledger().Append(std::move(row), stop);
}

StepDone JournalWriter::Write(std::size_t index, LedgerKind kind, const std::string& note) {
  if (kind == LedgerKind::kIntent) return WriteOnce(index, kind, note, context_.stop);
  const auto until = std::chrono::steady_clock::now() + kJournalPatience;
  while (true) {
    auto written = WriteOnce(index, kind, note, {});
    const bool busy = !written && written.error().error.code == ErrorCode::kBusy;
    if (!busy || std::chrono::steady_clock::now() >= until) return written;
    std::this_thread::sleep_for(kJournalPause);
  }
}

StepDone JournalWriter::WriteOnce(std::size_t index, LedgerKind kind, const std::string& note,
                                  const std::stop_token& stop) {
  const auto failed = [this](const Error& error) {
    return tl::unexpected(FailStep(context_, error));
  };
  auto transaction = OwnTransaction::Begin(*database_, stop);
  if (!transaction) return failed(transaction.error());
  if (auto created = database_->CreateMissing(stop); !created) return failed(created.error());
  if (auto written = Append(index, kind, note, stop); !written) return failed(written.error());
  return CommitStep(database_, *transaction, std::nullopt, context_, stop);
}

}  // namespace schemaop
