#include "sql/interruptible.h"

#include <algorithm>
#include <array>
#include <cstddef>

#include "base/text.h"
#include "sql/classify.h"
#include "sql/keywords.h"

namespace schemaop {
namespace {

// The server cuts longer names (NAMEDATALEN), never inside a character.
std::string CutName(std::string name) {
  constexpr std::size_t kMostBytes = 63;
  name.resize(CutLength(name, kMostBytes));
  return name;
}

// `quoted` without its quotes; nullopt when a quote inside it is not doubled.
std::optional<std::string> Unquote(std::string_view quoted, char quote) {
  if (quoted.size() < 2 || quoted.front() != quote || quoted.back() != quote) return std::nullopt;
  std::string text;
  for (std::size_t i = 1; i + 1 < quoted.size(); ++i) {
    if (quoted[i] == quote && quoted[++i] != quote) return std::nullopt;
    text += quoted[i];
  }
  return text;
}

// Walks over a statement's words.
class Reader {
 public:
  explicit Reader(std::string_view sql) : words_(sql) {}

  bool Take(std::string_view phrase) {
    const std::size_t next = words_.Skip(at_, phrase);
    const bool taken = next != at_;
    at_ = next;
    return taken;
  }
  bool TakeAny(std::initializer_list<std::string_view> phrases) {
    return std::any_of(phrases.begin(), phrases.end(),
                       [this](std::string_view phrase) { return Take(phrase); });
  }
  bool AtEnd() const { return at_ >= words_.size(); }
  bool IsNext(std::string_view phrase) const { return words_.Match(at_, phrase); }

  // A parenthesised group; whether `keyword` stands in it.
  bool TakeGroupWith(std::string_view keyword) {
    const std::size_t end = words_.SkipGroup(at_);
    const bool found = words_.Find(keyword, 1, at_, end) != end;
    at_ = end;
    return found;
  }

  std::optional<std::string> Identifier() {
    const Word& word = words_.At(at_);
    std::optional<std::string> name;
    if (word.kind == TokenKind::kWord) name = ToLower(word.text);
    if (word.kind == TokenKind::kQuotedName) name = Unquote(word.text, '"');
    if (!name || name->empty()) return std::nullopt;
    ++at_;
    return CutName(*std::move(name));
  }

  std::optional<CatalogName> Name() {
    auto first = Identifier();
    if (!first) return std::nullopt;
    if (!Take(".")) return CatalogName{"", *std::move(first)};
    auto second = Identifier();
    if (!second) return std::nullopt;
    return CatalogName{*std::move(first), *std::move(second)};
  }

  // A plain '...' string.
  std::optional<std::string> String() {
    const Word& word = words_.At(at_);
    if (word.kind != TokenKind::kString) return std::nullopt;
    ++at_;
    return Unquote(word.text, '\'');
  }

 private:
  Keywords words_;
  std::size_t at_ = 0;
};

std::optional<Effect> OfCreateIndex(Reader& words) {
  BuildsIndex built;
  built.if_not_exists = words.Take("IF NOT EXISTS");
  if (words.IsNext("ON")) return std::nullopt;
  auto index = words.Identifier();
  if (!index || !words.Take("ON")) return std::nullopt;
  words.Take("ONLY");
  auto table = words.Name();
  if (!table) return std::nullopt;
  built.index = *std::move(index);
  built.table = *std::move(table);
  return built;
}

std::optional<Effect> OfDropIndex(Reader& words) {
  words.Take("IF EXISTS");
  auto index = words.Name();
  if (!index) return std::nullopt;
  words.TakeAny({"CASCADE", "RESTRICT"});
  if (!words.AtEnd()) return std::nullopt;
  return DropsIndex{*std::move(index)};
}

std::optional<Effect> OfReindex(Reader& words) {
  using Scope = RebuildsIndexes::Scope;
  static constexpr std::array<std::pair<std::string_view, Scope>, 4> kScopes = {{
      {"INDEX", Scope::kIndex},
      {"TABLE", Scope::kTable},
      {"SCHEMA", Scope::kSchema},
      {"DATABASE", Scope::kDatabase},
  }};
  bool concurrently = words.TakeGroupWith("CONCURRENTLY");
  for (const auto& [word, scope] : kScopes) {
    if (!words.Take(word)) continue;
    concurrently = words.Take("CONCURRENTLY") || concurrently;
    auto name = words.Name();
    if (!concurrently) return MayBeRepeated{};
    if (!name && scope != Scope::kDatabase) return std::nullopt;
    return RebuildsIndexes{scope, name.value_or(CatalogName{})};
  }
  return MayBeRepeated{};  // REINDEX SYSTEM is never concurrent
}

std::optional<Effect> OfExistence(Reader& words, bool creates) {
  using Kind = ChangesExistence::Kind;
  static constexpr std::array<std::pair<std::string_view, Kind>, 3> kKinds = {{
      {"DATABASE", Kind::kDatabase},
      {"TABLESPACE", Kind::kTablespace},
      {"SUBSCRIPTION", Kind::kSubscription},
  }};
  for (const auto& [word, kind] : kKinds) {
    if (!words.Take(word)) continue;
    words.Take("IF EXISTS");
    auto name = words.Identifier();
    if (!name) return std::nullopt;
    return ChangesExistence{kind, creates, *std::move(name)};
  }
  return std::nullopt;
}

std::optional<Effect> OfAlterTable(Reader& words) {
  words.Take("IF EXISTS");
  words.Take("ONLY");
  auto table = words.Name();
  words.Take("*");
  if (!table || !words.Take("DETACH PARTITION")) return std::nullopt;
  auto partition = words.Name();
  if (!partition || !words.Take("CONCURRENTLY")) return std::nullopt;
  return DetachesPartition{*std::move(table), *std::move(partition)};
}

std::optional<Effect> OfAlterType(Reader& words) {
  auto type = words.Name();
  if (!type || !words.Take("ADD VALUE")) return std::nullopt;
  words.Take("IF NOT EXISTS");
  auto value = words.String();
  if (!value) return std::nullopt;
  return AddsEnumValue{*std::move(type), *std::move(value)};
}

std::optional<Effect> OfAlter(Reader& words) {
  if (words.Take("TABLE")) return OfAlterTable(words);
  if (words.Take("TYPE")) return OfAlterType(words);
  if (words.Take("SYSTEM")) return MayBeRepeated{.persists = true};
  const bool database = words.Take("DATABASE");
  if (!database && !words.Take("SUBSCRIPTION")) return std::nullopt;
  if (!words.Identifier()) return std::nullopt;
  const bool repeatable =
      database ? words.Take("SET TABLESPACE") : words.TakeAny({"SET", "REFRESH PUBLICATION"});
  return repeatable ? std::optional<Effect>(MayBeRepeated{.persists = true}) : std::nullopt;
}

}  // namespace

std::optional<Effect> EffectOf(std::string_view sql) {
  Reader words(sql);
  if (words.TakeAny({"VACUUM", "ANALYZE", "ANALYSE", "CLUSTER", "CHECKPOINT", "DISCARD", "SET",
                     "RESET", "REFRESH MATERIALIZED VIEW"})) {
    return MayBeRepeated{};
  }
  if (words.Take("REINDEX")) return OfReindex(words);
  if (words.Take("ALTER")) return OfAlter(words);
  const bool creates = words.Take("CREATE");
  if (!creates && !words.Take("DROP")) return std::nullopt;
  if (creates) words.Take("UNIQUE");
  if (words.Take("INDEX CONCURRENTLY")) return creates ? OfCreateIndex(words) : OfDropIndex(words);
  return OfExistence(words, creates);
}

bool CommitsWithItsRow(std::string_view sql) {
  Reader words(sql);
  // Before PostgreSQL 12 the server refuses it in a transaction, and the catalog tells as well.
  if (words.Take("ALTER TYPE") && words.Name() && words.Take("ADD VALUE")) return false;
  Reader again(sql);
  if (again.IsNext("ALTER SUBSCRIPTION") || again.IsNext("CREATE SUBSCRIPTION")) return false;
  if (!again.TakeAny({"INSERT", "UPDATE", "DELETE", "MERGE", "COPY", "CREATE", "ALTER", "DROP",
                      "COMMENT", "GRANT", "REVOKE", "TRUNCATE"})) {
    return false;
  }
  Statement statement;
  statement.text = sql;
  return Classify(statement).transaction == TransactionRule::kAllowed;
}

bool MayCommitInside(std::string_view sql) {
  Reader words(sql);
  return words.TakeAny({"CALL", "DO"});
}

}  // namespace schemaop
