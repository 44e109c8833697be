#include "sql/classify.h"

#include <algorithm>
#include <array>
#include <initializer_list>

#include "base/text.h"
#include "sql/destroys.h"
#include "sql/keywords.h"

namespace schemaop {
namespace {

using Phrases = std::initializer_list<std::string_view>;

bool MatchAny(const Keywords& words, std::size_t index, Phrases phrases) {
  return std::any_of(phrases.begin(), phrases.end(),
                     [&](std::string_view phrase) { return words.Match(index, phrase); });
}

// Words between CREATE and what is created.
std::size_t SkipModifiers(const Keywords& words, std::size_t index) {
  static constexpr std::array<std::string_view, 11> kModifiers = {
      "OR REPLACE", "UNIQUE",  "TEMP",       "TEMPORARY",  "LOCAL",     "GLOBAL",
      "UNLOGGED",   "TRUSTED", "PROCEDURAL", "CONSTRAINT", "RECURSIVE",
  };
  for (bool moved = true; moved;) {
    moved = false;
    for (const std::string_view modifier : kModifiers) {
      const std::size_t next = words.Skip(index, modifier);
      moved = moved || next != index;
      index = next;
    }
  }
  return index;
}

// The phrase of `phrases` that stands at `index`, else the single keyword there.
std::string PhraseAt(const Keywords& words, std::size_t index, Phrases phrases) {
  for (const std::string_view phrase : phrases) {
    if (words.Match(index, phrase)) return std::string(phrase);
  }
  return words.At(index).kind == TokenKind::kWord ? words.At(index).upper : std::string();
}

// What CREATE, ALTER and DROP act on.
std::string FindKind(const Keywords& words, std::size_t index) {
  return PhraseAt(
      words, index,
      {"MATERIALIZED VIEW", "FOREIGN TABLE", "FOREIGN DATA WRAPPER", "EVENT TRIGGER",
       "ACCESS METHOD", "DEFAULT PRIVILEGES", "OPERATOR CLASS", "OPERATOR FAMILY", "USER MAPPING",
       "LARGE OBJECT", "OWNED BY", "TEXT SEARCH CONFIGURATION", "TEXT SEARCH PARSER",
       "INDEX CONCURRENTLY", "TEXT SEARCH DICTIONARY", "TEXT SEARCH TEMPLATE"});
}

std::string FindTag(const Keywords& words) {
  std::size_t first = 0;
  while (words.At(first).upper == "(") ++first;
  std::string verb =
      PhraseAt(words, first,
               {"START TRANSACTION", "PREPARE TRANSACTION", "COMMIT PREPARED", "ROLLBACK PREPARED",
                "REFRESH MATERIALIZED VIEW", "SET TRANSACTION", "DISCARD ALL", "SECURITY LABEL",
                "IMPORT FOREIGN SCHEMA", "REASSIGN OWNED"});
  if (verb != "CREATE" && verb != "ALTER" && verb != "DROP") return verb;
  const std::string kind = FindKind(words, SkipModifiers(words, first + 1));
  return kind.empty() ? verb : verb + " " + kind;
}

bool IsControl(const Keywords& words) {
  return MatchAny(words, 0,
                  {"BEGIN", "START TRANSACTION", "COMMIT", "END", "ROLLBACK", "ABORT", "SAVEPOINT",
                   "RELEASE", "PREPARE TRANSACTION"});
}

// How a Boolean option reads (defGetBoolean): its name alone switches it on.
bool IsSwitchedOff(const Word& value) {
  static constexpr std::array<std::string_view, 8> kOff = {"FALSE",   "OFF",     "0",     "'0'",
                                                           "'false'", "'FALSE'", "'off'", "'OFF'"};
  return std::find(kOff.begin(), kOff.end(), value.upper) != kOff.end() ||
         std::find(kOff.begin(), kOff.end(), value.text) != kOff.end();
}

// Whether option `name` in the statement's parenthesised options is there and not switched off.
bool HasOption(const Keywords& words, std::string_view name) {
  const std::size_t at = words.Find(name, 1, 0, words.size());
  return at != words.size() && !IsSwitchedOff(words.At(words.Skip(at + 1, "=")));
}

bool HasOptionOff(const Keywords& words, std::string_view name) {
  const std::size_t at = words.Find(name, 1, 0, words.size());
  return at != words.size() && IsSwitchedOff(words.At(words.Skip(at + 1, "=")));
}

bool IsForbiddenReindex(const Keywords& words) {
  const std::size_t kind = words.SkipGroup(1);
  return MatchAny(words, kind, {"DATABASE", "SYSTEM", "SCHEMA"}) ||
         words.Match(kind + 1, "CONCURRENTLY") || (kind > 1 && HasOption(words, "CONCURRENTLY"));
}

// CLUSTER without a table works through every table, each in a transaction of its own.
bool IsForbiddenCluster(const Keywords& words) {
  return words.At(words.SkipGroup(words.Skip(1, "VERBOSE"))).text.empty();
}

bool IsForbiddenAlterTable(const Keywords& words) {
  const std::size_t detach = words.Find("DETACH", 0, 2, words.size());
  if (!words.Match(detach, "DETACH PARTITION")) return false;
  std::size_t end = detach + 2;
  words.NameAt(end, end);
  return words.Match(end, "CONCURRENTLY");
}

bool IsForbiddenSubscription(const Keywords& words) {
  if (words.Match(0, "CREATE")) {
    return HasOption(words, "CREATE_SLOT") ||
           !(HasOptionOff(words, "CONNECT") || HasOptionOff(words, "CREATE_SLOT"));
  }
  if (words.Match(0, "DROP"))
    return true;  // unless its slot was taken away, which only the catalog knows
  std::size_t action = 2;
  words.NameAt(action, action);
  if (words.Match(action, "REFRESH PUBLICATION")) return true;
  if (MatchAny(words, action, {"SET PUBLICATION", "ADD PUBLICATION", "DROP PUBLICATION"})) {
    return !HasOptionOff(words, "REFRESH");
  }
  const std::size_t size = words.size();
  return words.Match(action, "SET (") && (words.Find("FAILOVER", 1, action, size) != size ||
                                          words.Find("TWO_PHASE", 1, action, size) != size);
}

bool IsForbiddenAlter(const Keywords& words) {
  if (words.Match(1, "SYSTEM")) return true;
  if (words.Match(1, "DATABASE")) {
    std::size_t action = 2;
    words.NameAt(action, action);
    return words.Match(action, "SET TABLESPACE");
  }
  if (words.Match(1, "TABLE")) return IsForbiddenAlterTable(words);
  return words.Match(1, "SUBSCRIPTION") && IsForbiddenSubscription(words);
}

// The server's callers of PreventInTransactionBlock, as far as the text alone decides (PostgreSQL
// 12 to 17). Work on a partitioned table (CLUSTER, REINDEX) is refused too, but only the catalog
// knows what is one.
bool IsForbidden(const Keywords& words) {
  if (MatchAny(words, 0, {"VACUUM", "DISCARD ALL"})) return true;
  if (words.Match(0, "REINDEX")) return IsForbiddenReindex(words);
  if (words.Match(0, "CLUSTER")) return IsForbiddenCluster(words);
  if (words.Match(0, "ALTER")) return IsForbiddenAlter(words);
  if (!MatchAny(words, 0, {"CREATE", "DROP"})) return false;
  if (MatchAny(words, 1, {"DATABASE", "TABLESPACE"})) return true;
  if (MatchAny(words, 1, {"INDEX CONCURRENTLY", "UNIQUE INDEX CONCURRENTLY"})) return true;
  return words.Match(1, "SUBSCRIPTION") && IsForbiddenSubscription(words);
}

TransactionRule FindRule(const Keywords& words) {
  if (IsControl(words)) return TransactionRule::kControl;
  return IsForbidden(words) ? TransactionRule::kForbidden : TransactionRule::kAllowed;
}

}  // namespace

StatementTraits Classify(const Statement& statement) {
  const Keywords words(statement.text);
  return {FindTag(words), FindRule(words), FindDestruction(words)};
}

bool SwitchesOffStandardStrings(const Statement& statement) {
  static constexpr std::array<std::string_view, 6> kOn = {"ON",      "TRUE", "YES",
                                                          "DEFAULT", "'ON'", "1"};
  const Keywords words(statement.text);
  if (!words.Match(0, "SET")) return false;
  const std::size_t name = words.Skip(words.Skip(1, "SESSION"), "LOCAL");
  if (!words.Match(name, "STANDARD_CONFORMING_STRINGS")) return false;
  const std::string value(words.At(name + 2).text);
  return std::none_of(kOn.begin(), kOn.end(),
                      [&](std::string_view on) { return ToLower(value) == ToLower(on); });
}

}  // namespace schemaop
