#include "revision/transaction_mode.h"

#include <string>

#include <fmt/format.h>

#include "revision/revision_header.h"
#include "sql/classify.h"
#include "sql/session_change.h"

namespace schemaop {
namespace {

// What kinds of statements a section holds.
struct Content {
  const Statement* forbidden = nullptr;  // the first one the server refuses in a transaction
  std::string forbidden_tag;
  const Statement* allowed = nullptr;  // the first one of any other kind
};

Result<Content> Survey(std::string_view file, const std::vector<Statement>& statements) {
  Content content;
  for (const Statement& statement : statements) {
    const StatementTraits traits = Classify(statement);
    if (traits.transaction == TransactionRule::kControl) {
      return FailAt(file, statement.position,
                    fmt::format("{} may not stand in a revision, which begins and ends its own "
                                "transaction: remove it",
                                traits.tag));
    }
    if (SwitchesOffStandardStrings(statement)) {
      return FailAt(file, statement.position,
                    "standard_conforming_strings may not be switched off: write strings with "
                    "backslash escapes as E'...'");
    }
    if (traits.transaction == TransactionRule::kAllowed) {
      if (content.allowed == nullptr) content.allowed = &statement;
    } else if (content.forbidden == nullptr) {
      content.forbidden = &statement;
      content.forbidden_tag = traits.tag;
    }
  }
  return content;
}

std::string WhenMixed(const TransactionMark& mark) {
  if (!mark.when_mixed.empty()) return std::string(mark.when_mixed);
  return fmt::format(
      "move it to a revision of its own, or add transaction:false to the mark at {}:{} to run each "
      "statement of the section on its own",
      mark.position.line, mark.position.column);
}

// Without a transaction each statement has a session as clean as the first one's, so that one that
// is run again after a crash finds what it found then.
Result<bool> EachOnItsOwn(std::string_view file, const std::vector<Statement>& statements) {
  for (const Statement& statement : statements) {
    const SessionChange change = SessionChangeOf(statement);
    if (change.kind != SessionChange::Kind::kLost) continue;
    return FailAt(file, statement.position,
                  fmt::format("{} reaches no later statement of a section that runs without a "
                              "transaction: {}",
                              change.what, change.instead));
  }
  return false;
}

}  // namespace

Result<bool> FindTransactionMode(std::string_view file, const std::vector<Statement>& statements,
                                 const TransactionMark& mark) {
  const auto content = Survey(file, statements);
  if (!content) return Fail(content.error());
  if (mark.kind == TransactionMark::Kind::kFalse) return EachOnItsOwn(file, statements);
  if (content->forbidden == nullptr) return true;
  if (mark.kind == TransactionMark::Kind::kTrue) {
    return FailAt(file, content->forbidden->position,
                  fmt::format("{} cannot run inside a transaction, but the mark at {}:{} says "
                              "transaction:true: say transaction:false there",
                              content->forbidden_tag, mark.position.line, mark.position.column));
  }
  if (content->allowed != nullptr) {
    return FailAt(file, content->forbidden->position,
                  fmt::format("{} cannot run inside a transaction, but other statements of its "
                              "section can: {}",
                              content->forbidden_tag, WhenMixed(mark)));
  }
  return false;
}

}  // namespace schemaop
