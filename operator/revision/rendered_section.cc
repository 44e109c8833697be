#include "revision/rendered_section.h"

#include <string>
#include <utility>
#include <vector>

#include "revision/transaction_mode.h"
#include "sql/classify.h"
#include "sql/splitter.h"

namespace schemaop {
namespace {

// How such a tool begins and ends a transaction; anything else is the migration's own doing.
bool Is(const Statement& statement, std::string_view word) { return statement.text == word; }

std::string TextOf(const std::vector<Statement>& statements) {
  std::string text;
  for (const Statement& statement : statements) {
    if (!text.empty()) text += "\n\n";
    text += statement.text + ";";
    if (statement.copy_data) text += "\n" + *statement.copy_data + "\\.";
  }
  return text;
}

}  // namespace

Result<Section> ParseRenderedSection(std::string_view file, std::string_view sql) {
  auto statements = SplitStatements(sql, file);
  if (!statements) return Fail(statements.error());
  Section section;
  bool in_transaction = true;
  TransactionMark mark;
  for (Statement& statement : *statements) {
    if (Is(statement, "BEGIN") || Is(statement, "COMMIT")) {
      in_transaction = Is(statement, "BEGIN");
      continue;
    }
    const bool forbidden = Classify(statement).transaction == TransactionRule::kForbidden;
    if (!in_transaction || forbidden) mark.kind = TransactionMark::Kind::kFalse;
    section.statements.push_back(std::move(statement));
  }
  const auto transactional = FindTransactionMode(file, section.statements, mark);
  if (!transactional) return Fail(transactional.error());
  section.transactional = *transactional;
  section.text = TextOf(section.statements);
  return section;
}

}  // namespace schemaop
