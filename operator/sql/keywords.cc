#include "sql/keywords.h"

#include <algorithm>

namespace schemaop {
namespace {

std::string ToUpper(std::string_view text) {
  std::string upper(text);
  std::transform(upper.begin(), upper.end(), upper.begin(), [](char c) {
    return c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c;
  });
  return upper;
}

bool IsName(const Word& word) {
  return word.kind == TokenKind::kWord || word.kind == TokenKind::kQuotedName;
}

}  // namespace

Keywords::Keywords(std::string_view statement) {
  Lexer lexer(statement);
  int depth = 0;
  for (auto token = lexer.Next(); token && token->kind != TokenKind::kEnd; token = lexer.Next()) {
    if (token->kind == TokenKind::kLineComment || token->kind == TokenKind::kBlockComment) continue;
    Word word;
    word.kind = token->kind;
    word.text = statement.substr(token->begin, token->end - token->begin);
    const bool keyword = word.kind == TokenKind::kWord || word.kind == TokenKind::kSymbol;
    if (keyword) word.upper = ToUpper(word.text);
    if (word.upper == ")" && depth > 0) --depth;
    word.depth = depth;
    if (word.upper == "(") ++depth;
    words_.push_back(std::move(word));
  }
}

const Word& Keywords::At(std::size_t index) const {
  return index < words_.size() ? words_[index] : none_;
}

bool Keywords::Match(std::size_t index, std::string_view phrase) const {
  return Skip(index, phrase) != index;
}

std::size_t Keywords::Skip(std::size_t index, std::string_view phrase) const {
  std::size_t at = index;
  while (!phrase.empty()) {
    const std::string_view keyword = phrase.substr(0, phrase.find(' '));
    if (At(at).upper != keyword) return index;
    ++at;
    phrase.remove_prefix(std::min(keyword.size() + 1, phrase.size()));
  }
  return at;
}

std::size_t Keywords::Find(std::string_view keyword, int depth, std::size_t from,
                           std::size_t to) const {
  for (std::size_t at = from; at < to && at < words_.size(); ++at) {
    if (words_[at].depth == depth && words_[at].upper == keyword) return at;
  }
  return to;
}

std::size_t Keywords::SkipGroup(std::size_t index) const {
  if (At(index).upper != "(") return index;
  const std::size_t close = Find(")", At(index).depth, index, words_.size());
  return std::min(close + 1, words_.size());
}

std::string Keywords::NameAt(std::size_t index, std::size_t& end) const {
  std::string name;
  end = index;
  while (IsName(At(end))) {
    name += At(end).text;
    ++end;
    if (At(end).upper != ".") break;
    name += '.';
    ++end;
  }
  return name;
}

std::string Keywords::NamesAt(std::size_t index) const {
  std::string names;
  while (true) {
    index = Skip(index, "ONLY");
    std::size_t end = index;
    const std::string name = NameAt(index, end);
    if (name.empty()) return names;
    names += (names.empty() ? "" : ", ") + name;
    index = SkipGroup(Skip(end, "*"));
    if (At(index).upper != ",") return names;
    ++index;
  }
}

}  // namespace schemaop
