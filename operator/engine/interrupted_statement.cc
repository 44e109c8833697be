#include "engine/interrupted_statement.h"

#include <algorithm>
#include <array>
#include <cctype>
#include <chrono>

#include "base/text.h"
#include "postgres/quote.h"

namespace schemaop {
namespace {

constexpr std::chrono::seconds kDropPatience{5};

// Names and words of a statement, one after the other.
class Words {
 public:
  explicit Words(std::string_view sql) : rest_(sql) {}

  // The next identifier, folded as PostgreSQL folds it; nullopt at anything else.
  std::optional<std::string> Next() {
    rest_ = TrimLeft(rest_);
    if (rest_.empty()) return std::nullopt;
    return rest_.front() == '"' ? Quoted() : Bare();
  }
  // Takes the next word when it is `word`.
  bool Take(std::string_view word) {
    const std::string_view before = rest_;
    const auto next = Next();
    if (next && *next == word) return true;
    rest_ = before;
    return false;
  }
  bool TakeDot() {
    rest_ = TrimLeft(rest_);
    if (rest_.empty() || rest_.front() != '.') return false;
    rest_.remove_prefix(1);
    return true;
  }
  bool AtEnd() { return TrimLeft(rest_).empty(); }

 private:
  static std::string_view TrimLeft(std::string_view text) {
    return text.substr(std::min(text.find_first_not_of(" \t\r\n\f\v"), text.size()));
  }
  std::optional<std::string> Quoted() {
    std::string name;
    for (std::size_t i = 1; i < rest_.size(); ++i) {
      if (rest_[i] != '"') {
        name += rest_[i];
      } else if (i + 1 < rest_.size() && rest_[i + 1] == '"') {
        name += rest_[i++];
      } else {
        rest_.remove_prefix(i + 1);
        return name;
      }
    }
    return std::nullopt;
  }
  std::optional<std::string> Bare() {
    std::size_t size = 0;
    while (size < rest_.size()) {
      const auto c = static_cast<unsigned char>(rest_[size]);
      if (std::isalnum(c) == 0 && c != '_' && c != '$' && c < 0x80) break;
      ++size;
    }
    if (size == 0) return std::nullopt;
    std::string name = ToLower(rest_.substr(0, size));
    rest_.remove_prefix(size);
    return name;
  }

  std::string_view rest_;
};

struct Name {
  std::string schema;
  std::string name;
};

std::optional<Name> TakeName(Words& words) {
  auto first = words.Next();
  if (!first) return std::nullopt;
  if (!words.TakeDot()) return Name{"", *first};
  auto second = words.Next();
  if (!second) return std::nullopt;
  return Name{*first, *second};
}

std::optional<ConcurrentIndex> ParseCreate(Words& words) {
  if (words.Take("if") && !(words.Take("not") && words.Take("exists"))) return std::nullopt;
  if (words.Take("on")) return std::nullopt;
  const auto index = words.Next();
  if (!index || !words.Take("on")) return std::nullopt;
  words.Take("only");
  const auto table = TakeName(words);
  if (!table) return std::nullopt;
  return ConcurrentIndex{
      .create = true, .index = *index, .schema = table->schema, .table = table->name};
}

std::optional<ConcurrentIndex> ParseDrop(Words& words) {
  if (words.Take("if") && !words.Take("exists")) return std::nullopt;
  const auto index = TakeName(words);
  if (!index || !words.AtEnd()) return std::nullopt;
  return ConcurrentIndex{
      .create = false, .index = index->name, .schema = index->schema, .table = ""};
}

struct FoundIndex {
  std::string schema;
  bool valid = false;
  bool in_use = false;  // somebody else builds or vacuums on its table
};

Result<std::optional<FoundIndex>> FindIndex(Session& session, const ConcurrentIndex& index,
                                            const std::vector<std::string>& search_path,
                                            const std::stop_token& stop) {
  const std::vector<std::string> places =
      index.schema.empty() ? search_path : std::vector{index.schema};
  for (const std::string& place : places) {
    auto rows = session.Query(
        "SELECT i.indisvalid AND i.indisready, EXISTS (SELECT 1 FROM pg_catalog.pg_locks l "
        "WHERE l.relation = i.indrelid AND l.mode = 'ShareUpdateExclusiveLock' AND l.granted "
        "AND l.pid <> pg_catalog.pg_backend_pid()) FROM pg_catalog.pg_index i "
        "JOIN pg_catalog.pg_class c ON c.oid = i.indexrelid "
        "JOIN pg_catalog.pg_class t ON t.oid = i.indrelid "
        "JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace "
        "WHERE n.nspname = $1 AND c.relname = $2 AND ($3 = '' OR t.relname = $3)",
        {place, index.index, index.table}, stop);
    if (!rows)
      return Fail(WithContext(ToError(rows.error()), "cannot look for index " + index.index));
    if (rows->empty()) continue;
    return FoundIndex{place, rows->front().Boolean(0), rows->front().Boolean(1)};
  }
  return std::nullopt;
}

// Gives up after a while: it waits for every transaction that may use the index, and the next run
// drops it as well.
Result<void> DropIndex(Session& session, const std::string& schema, const std::string& name,
                       const std::stop_token& stop) {
  auto dropped = session.Execute(
      StatementInput{.sql = "DROP INDEX CONCURRENTLY IF EXISTS " + QuoteQualified(schema, name),
                     .copy_data = {},
                     .deadline = std::chrono::steady_clock::now() + kDropPatience},
      stop);
  if (!dropped)
    return Fail(WithContext(ToError(dropped.error()), "cannot drop the invalid index " + name));
  return {};
}

Result<Interrupted> JudgeIndex(Session& session, const ConcurrentIndex& index,
                               const std::vector<std::string>& search_path,
                               const std::stop_token& stop) {
  auto found = FindIndex(session, index, search_path, stop);
  if (!found) return Fail(found.error());
  if (!index.create) return *found ? Interrupted::kRunAgain : Interrupted::kDone;
  if (!*found) return Interrupted::kRunAgain;
  if ((*found)->valid) return Interrupted::kDone;
  if ((*found)->in_use) {
    return Fail(ErrorCode::kBusy,
                "index " + index.index + " is still being built by another session");
  }
  if (auto dropped = DropIndex(session, (*found)->schema, index.index, stop); !dropped) {
    return Fail(dropped.error());
  }
  return Interrupted::kRunAgain;
}

bool MayBeRepeated(std::string_view sql) {
  static constexpr std::array<std::string_view, 4> kRepeatable = {"vacuum", "analyze", "cluster",
                                                                  "checkpoint"};
  Words words(sql);
  const auto first = words.Next();
  return first && std::find(kRepeatable.begin(), kRepeatable.end(), *first) != kRepeatable.end();
}

}  // namespace

std::optional<ConcurrentIndex> ParseConcurrentIndex(std::string_view sql) {
  Words words(sql);
  const bool create = words.Take("create");
  if (!create && !words.Take("drop")) return std::nullopt;
  if (create) words.Take("unique");
  if (!words.Take("index") || !words.Take("concurrently")) return std::nullopt;
  return create ? ParseCreate(words) : ParseDrop(words);
}

Result<Interrupted> JudgeInterrupted(Session& session, const Statement& statement,
                                     const std::vector<std::string>& search_path,
                                     const std::stop_token& stop) {
  if (const auto index = ParseConcurrentIndex(statement.text)) {
    return JudgeIndex(session, *index, search_path, stop);
  }
  return MayBeRepeated(statement.text) ? Interrupted::kRunAgain : Interrupted::kUnknown;
}

void RemoveInvalidIndex(Session& session, const Statement& statement,
                        const std::vector<std::string>& search_path, const std::stop_token& stop) {
  const auto index = ParseConcurrentIndex(statement.text);
  if (!index || !index->create) return;
  auto found = FindIndex(session, *index, search_path, stop);
  if (!found || !*found || (*found)->valid || (*found)->in_use) return;
  (void)DropIndex(session, (*found)->schema, index->index, stop);
}

}  // namespace schemaop
