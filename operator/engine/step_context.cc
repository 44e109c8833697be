#include "engine/step_context.h"

#include <utility>

#include "engine/statement_failure.h"

namespace schemaop {

StepFailure FailStep(const StepContext& context, Error error) {
  const bool stopped = context.stop.stop_requested() && (error.code == ErrorCode::kCancelled ||
                                                         error.code == ErrorCode::kUnavailable);
  if (stopped) error.code = ErrorCode::kCancelled;
  return {.outcome = stopped ? RunReport::Outcome::kCancelled : RunReport::Outcome::kFailed,
          .error = std::move(error),
          .failure = std::nullopt};
}

StepFailure FailStatement(const StepContext& context, std::size_t index, const SqlError& error) {
  if (error.code == ErrorCode::kCancelled) {
    return FailStep(context, {ErrorCode::kCancelled, error.message});
  }
  const auto& statements = context.section.statements;
  const Statement statement = statements.empty() ? Statement{} : statements[index];
  StatementFailure failure =
      DescribeStatementFailure(context.revision, context.step.direction, index, statement, error);
  failure.in_transaction = context.section.transactional;
  ErrorCode code = error.code;
  if (failure.in_transaction && IsInUseByItself(statement, error.sqlstate)) {
    failure.retryable = false;
    if (failure.hint.empty()) failure.hint = std::string(kInUseByItselfHint);
    code = ErrorCode::kRejected;
  }
  StepFailure result = FailStep(context, ToError(failure, code));
  result.failure = std::move(failure);
  return result;
}

StepFailure FailRevision(const StepContext& context, const SqlError& error,
                         std::string_view where) {
  StepFailure failure = FailStatement(context, 0, error);
  if (!failure.failure) return failure;
  failure.failure->statement = 0;
  failure.failure->line = 0;
  failure.failure->column = 0;
  failure.error = WithContext(ToError(error), std::string(where));
  return failure;
}

}  // namespace schemaop
