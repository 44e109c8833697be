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

Keywords::Keywords(std::string_view statement) : statement_(statement), lexer_(statement) {}

bool Keywords::Reach(std::size_t index) const {
  while (!ended_ && words_.size() <= index) {
    const auto token = lexer_.Next();
    ended_ = !token || token->kind == TokenKind::kEnd;
    if (ended_) break;
    if (token->kind == TokenKind::kLineComment || token->kind == TokenKind::kBlockComment) continue;
    Word word;
    word.kind = token->kind;
    word.text = statement_.substr(token->begin, token->end - token->begin);
    const bool keyword = word.kind == TokenKind::kWord || word.kind == TokenKind::kSymbol;
    if (keyword) word.upper = ToUpper(word.text);
    if (word.upper == ")" && depth_ > 0) --depth_;
    word.depth = depth_;
    if (word.upper == "(") ++depth_;
    words_.push_back(std::move(word));
  }
  return index < words_.size();
}

std::size_t Keywords::size() const {
  while (!ended_) (void)Reach(words_.size());
  return words_.size();
}

const Word& Keywords::At(std::size_t index) const { return Reach(index) ? words_[index] : none_; }

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
  for (std::size_t at = from; at < to && Reach(at); ++at) {
    if (words_[at].depth == depth && words_[at].upper == keyword) return at;
  }
  return to;
}

std::size_t Keywords::SkipGroup(std::size_t index) const {
  if (At(index).upper != "(") return index;
  const std::size_t close = Find(")", At(index).depth, index, size());
  return std::min(close + 1, size());
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
