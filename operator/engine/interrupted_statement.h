// What became of a statement outside a transaction whose run was cut off.
#pragma once

#include <optional>
#include <stop_token>
#include <string>
#include <string_view>
#include <vector>

#include "base/error.h"
#include "postgres/session.h"
#include "sql/statement.h"

namespace schemaop {

// CREATE [UNIQUE] INDEX CONCURRENTLY or DROP INDEX CONCURRENTLY, as far as looking for the index
// needs.
struct ConcurrentIndex {
  bool create = true;
  std::string index;
  std::string schema;  // as written; empty: found through the search path
  std::string table;   // CREATE only

  bool operator==(const ConcurrentIndex&) const = default;
};

// nullopt for any other statement, for an index without a name, and for several indexes at once.
std::optional<ConcurrentIndex> ParseConcurrentIndex(std::string_view sql);

enum class Interrupted {
  kDone,      // it took effect
  kRunAgain,  // it did not, or doing it again does no harm
  kUnknown,   // only a person can tell
};

// Looks for the effect: an index that is there and valid is done; VACUUM, ANALYZE, CLUSTER and
// plain REINDEX may be repeated. An invalid index is dropped (concurrently) first: left alone, IF
// NOT EXISTS would take it for a good one. kBusy while somebody still builds it. `search_path`
// holds the schemas unqualified names may be in. REQUIRES: no transaction is open.
Result<Interrupted> JudgeInterrupted(Session& session, const Statement& statement,
                                     const std::vector<std::string>& search_path,
                                     const std::stop_token& stop);

// After CREATE INDEX CONCURRENTLY was refused: drops the invalid index it left, which costs every
// write and, when unique, is enforced already. Nothing for other statements; best effort.
void RemoveInvalidIndex(Session& session, const Statement& statement,
                        const std::vector<std::string>& search_path, const std::stop_token& stop);

}  // namespace schemaop
