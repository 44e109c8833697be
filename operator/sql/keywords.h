// A statement as words, for those who judge it by its keywords.
#pragma once

#include <cstddef>
#include <deque>
#include <string>
#include <string_view>

#include "sql/lexer.h"

namespace schemaop {

// One token, comments left out.
struct Word {
  TokenKind kind = TokenKind::kSymbol;
  std::string_view text;  // as written
  std::string upper;  // in upper case for kWord and kSymbol; empty for every other kind, which is
                      // no keyword
  int depth = 0;      // of parentheses around it; a parenthesis itself has the depth outside it
};

// The tokens of one statement, to be walked from the front, and read no further than somebody has
// walked: most judgements look at a few words, and a statement may hold a million. Past the end
// everything is an empty word. One thread.
class Keywords {
 public:
  // The words of `statement`, up to the first thing that cannot be read. `statement` must outlive
  // the object.
  explicit Keywords(std::string_view statement);

  std::size_t size() const;

  // The word at `index` from the statement's start. Stays where it is.
  const Word& At(std::size_t index) const;

  // Whether the words from `index` on are the upper-case keywords of `phrase`, separated by single
  // spaces.
  bool Match(std::size_t index, std::string_view phrase) const;

  // `index` behind `phrase` if it stands there, else `index`.
  std::size_t Skip(std::size_t index, std::string_view phrase) const;

  // The index of the first word `keyword` at depth `depth` in [from, to); `to` when there is none.
  std::size_t Find(std::string_view keyword, int depth, std::size_t from, std::size_t to) const;

  // `index` behind the parenthesised group that starts there, else `index`.
  std::size_t SkipGroup(std::size_t index) const;

  // The possibly qualified name at `index`, as written: `app."Order"`; `end` is the index behind
  // it.
  std::string NameAt(std::size_t index, std::size_t& end) const;

  // The names of a comma-separated list at `index`, joined by ", ". The list ends before the first
  // word that neither continues a name nor is a comma; "ONLY", "*" and argument lists are left out.
  std::string NamesAt(std::size_t index) const;

 private:
  // Reads on until there is a word at `index`. False: the statement ends before it.
  bool Reach(std::size_t index) const;

  std::string_view statement_;
  mutable Lexer lexer_;
  mutable std::deque<Word> words_;  // read so far
  mutable int depth_ = 0;           // behind the last of them
  mutable bool ended_ = false;
  Word none_;
};

}  // namespace schemaop
