#include "engine/schema_script.h"

#include "engine/statement_failure.h"
#include "engine/target_database.h"
#include "revision/source_text.h"
#include "sql/splitter.h"

namespace schemaop {
namespace {

Error RefusedAt(std::string_view file, const Statement& statement, const SqlError& refused) {
  const Position place = PositionInFile(statement, refused.position);
  return WithContext(ToError(refused), std::string(file) + ":" + std::to_string(place.line) + ":" +
                                           std::to_string(place.column));
}

}  // namespace

Result<void> RunSchemaScript(const DatabaseOptions& options, std::string_view file,
                             std::string_view text, const std::stop_token& stop) {
  const auto normal = NormaliseSourceText(file, text);
  if (!normal) return Fail(normal.error());
  const auto statements = SplitStatements(*normal, file);
  if (!statements) return Fail(statements.error());
  auto database = TargetDatabase::Open(options, stop);
  if (!database) return Fail(database.error());
  if (auto path = (*database)->SwitchToSubmitted(stop); !path) return path;
  Session& session = (*database)->session();
  auto loose = session.Execute("SET check_function_bodies = off", stop);
  if (!loose) return Fail(ToError(loose.error()));
  for (const Statement& statement : *statements) {
    auto done = session.Execute(
        StatementInput{
            .sql = statement.text, .copy_data = statement.copy_data, .deadline = std::nullopt},
        stop);
    if (!done) return Fail(RefusedAt(file, statement, done.error()));
  }
  return {};
}

}  // namespace schemaop
