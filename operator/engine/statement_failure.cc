#include "engine/statement_failure.h"

#include <algorithm>
#include <array>
#include <string>

#include "base/text.h"
#include "postgres/sqlstate.h"
#include "sql/classify.h"

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

// Other sessions can be in the way of these alone: of a database's new name, and of what functions
// do (pg_drop_replication_slot).
bool IsInUseByItself(const Statement& statement, std::string_view sqlstate) {
  static constexpr std::array<std::string_view, 7> kVerbs = {
      "ALTER", "CREATE", "DROP", "TRUNCATE", "CLUSTER", "REINDEX", "REFRESH"};
  if (sqlstate != "55006") return false;
  const std::string tag = Classify(statement).tag;
  if (tag == "ALTER DATABASE") return false;
  const std::string_view verb = std::string_view(tag).substr(0, tag.find(' '));
  return std::find(kVerbs.begin(), kVerbs.end(), verb) != kVerbs.end();
}

Error ToError(const StatementFailure& failure, ErrorCode code) {
  std::string message = failure.file + ":" + std::to_string(failure.line) + ":" +
                        std::to_string(failure.column) + ": " + failure.message;
  if (!failure.sqlstate.empty()) message += " (SQLSTATE " + failure.sqlstate + ")";
  return {code, std::move(message)};
}

}  // namespace schemaop
