#include "engine/statement_failure.h"

#include "base/text.h"
#include "postgres/sqlstate.h"

namespace schemaop {

Position PositionInFile(const Statement& statement, int character) {
  Position position = statement.position;
  int seen = 0;
  for (const char c : statement.text) {
    if (IsInsideCharacter(c)) continue;
    if (++seen >= character) break;
    if (c == '\n') {
      ++position.line;
      position.column = 1;
    } else {
      ++position.column;
    }
  }
  return position;
}

StatementFailure DescribeStatementFailure(const Revision& revision, Direction direction,
                                          std::size_t index, const Statement& statement,
                                          const SqlError& error) {
  const Position position = PositionInFile(statement, error.position);
  const bool reverts = direction == Direction::kDowngrade && revision.downgrade;
  const Section& section = reverts ? *revision.downgrade : revision.upgrade;
  const bool lost = error.sqlstate.empty() && error.code == ErrorCode::kUnavailable;
  return {.revision = revision.id,
          .direction = direction,
          .file = section.file.empty() ? revision.file : section.file,
          .line = position.line,
          .column = position.column,
          .statement = static_cast<int>(index) + 1,
          .sqlstate = error.sqlstate,
          .message = error.message,
          .hint = error.hint,
          .retryable = lost || IsTransient(error.sqlstate)};
}

Error ToError(const StatementFailure& failure, ErrorCode code) {
  std::string message = failure.file + ":" + std::to_string(failure.line) + ":" +
                        std::to_string(failure.column) + ": " + failure.message;
  if (!failure.sqlstate.empty()) message += " (SQLSTATE " + failure.sqlstate + ")";
  return {code, std::move(message)};
}

}  // namespace schemaop
