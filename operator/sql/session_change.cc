#include "sql/session_change.h"

#include <array>
#include <cstddef>
#include <optional>
#include <string_view>

#include "base/text.h"
#include "sql/keywords.h"

namespace schemaop {
namespace {

struct LostSetting {
  std::string_view name;  // lower case, as it stands behind SET or SET SESSION
  std::string_view what;
  std::string_view instead;
};

constexpr std::string_view kQualify = "write the schema before the names";
constexpr std::string_view kUseRole = "let the role that owns the schema run the revision";
constexpr std::string_view kUtf8 = "revisions are UTF-8, take it out";
constexpr std::array kLostSettings = {
    LostSetting{"search_path", "SET search_path", kQualify},
    LostSetting{"schema", "SET SCHEMA", kQualify},
    LostSetting{"role", "SET ROLE", kUseRole},
    LostSetting{"authorization", "SET SESSION AUTHORIZATION", kUseRole},
    LostSetting{"session_authorization", "SET session_authorization", kUseRole},
    LostSetting{"client_encoding", "SET client_encoding", kUtf8},
    LostSetting{"names", "SET NAMES", kUtf8},
};

// Of a setting, quoted or not.
std::string NameOf(const Word& word) {
  std::string_view name = word.text;
  if (word.kind == TokenKind::kQuotedName && name.size() > 2)
    name = name.substr(1, name.size() - 2);
  return ToLower(name);
}

const LostSetting* FindLost(std::string_view name) {
  for (const LostSetting& lost : kLostSettings) {
    if (lost.name == name) return &lost;
  }
  return nullptr;
}

// Those that hold for a transaction do nothing outside of one, as everywhere.
bool HoldsForTransaction(const Keywords& words, std::size_t at) {
  return words.Match(at, "LOCAL") || words.Match(at, "CONSTRAINTS") ||
         words.Match(at, "TRANSACTION");
}

SessionChange OfSet(const Keywords& words) {
  const std::size_t at = words.Skip(1, "SESSION");
  if (HoldsForTransaction(words, at)) return {};
  if (const LostSetting* lost = FindLost(NameOf(words.At(at)))) {
    return {SessionChange::Kind::kLost, std::string(lost->what), std::string(lost->instead)};
  }
  return {SessionChange::Kind::kSetting, {}, {}};
}

SessionChange OfReset(const Keywords& words) {
  if (words.Match(1, "ALL")) {
    return {SessionChange::Kind::kLost, "RESET ALL", "reset the settings by their names"};
  }
  // These are always so before a statement.
  if (words.Match(1, "SESSION AUTHORIZATION") || FindLost(NameOf(words.At(1))) != nullptr)
    return {};
  return {SessionChange::Kind::kSetting, {}, {}};
}

bool MakesTemporary(const Keywords& words) {
  if (!words.Match(0, "CREATE")) return false;
  std::size_t at = words.Skip(1, "OR REPLACE");
  at = words.Skip(words.Skip(at, "LOCAL"), "GLOBAL");
  return words.Match(at, "TEMP") || words.Match(at, "TEMPORARY");
}

}  // namespace

SessionChange SessionChangeOf(const Statement& statement) {
  const Keywords words(statement.text);
  if (words.Match(0, "SET")) return OfSet(words);
  if (words.Match(0, "RESET")) return OfReset(words);
  if (MakesTemporary(words)) {
    return {SessionChange::Kind::kLost, "what is temporary",
            "create it to stay, and drop it at the end of the section"};
  }
  const std::size_t function = words.Skip(1, "PG_CATALOG .");
  if (words.Match(0, "SELECT") && words.Match(function, "SET_CONFIG (")) {
    return {SessionChange::Kind::kLost, "set_config", "write SET, which holds for the section"};
  }
  return {};
}

}  // namespace schemaop
