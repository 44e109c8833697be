#include "sql/query_head.h"

#include "base/text.h"
#include "sql/lexer.h"

namespace schemaop {

std::string QueryHead(std::string_view sql, std::size_t most) {
  std::string head;
  std::size_t read = 0;
  Lexer lexer(sql);
  for (auto token = lexer.Next(); token && token->kind != TokenKind::kEnd; token = lexer.Next()) {
    const bool comment =
        token->kind == TokenKind::kLineComment || token->kind == TokenKind::kBlockComment;
    const bool apart = comment || token->begin > read;
    if (apart && !head.empty() && head.back() != ' ') head += ' ';
    read = token->end;
    if (comment) continue;
    const bool value = token->kind == TokenKind::kString || token->kind == TokenKind::kNumber;
    head += value ? "?" : std::string(sql.substr(token->begin, token->end - token->begin));
    if (head.size() > most) break;
  }
  return Truncate(Trim(head), most);
}

}  // namespace schemaop
