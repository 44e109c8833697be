#include "engine/lost_commit.h"

#include <algorithm>

namespace schemaop {
namespace {

bool SameRows(Heads a, Heads b) {
  std::sort(a.begin(), a.end());
  std::sort(b.begin(), b.end());
  return a == b;
}

}  // namespace

Result<bool> WasCommitted(const LostCommit& lost, std::optional<bool> status, const Heads& rows,
                          const std::string& table) {
  if (lost.heads_after) {
    const bool there = SameRows(rows, *lost.heads_after);
    if (status.value_or(there) == there) return there;
  } else if (SameRows(rows, lost.heads_before)) {
    if (status) return *status;
    return Fail(ErrorCode::kUnavailable, "the server does not know the transaction");
  }
  return Fail(ErrorCode::kConflict,
              "the connection was lost while committing, and meanwhile another run changed " +
                  table + "; read the database again");
}

Result<void> CheckNobodySince(const LostCommit& lost, const std::optional<std::string>& newest) {
  if (newest == lost.transaction_id) return {};
  return Fail(ErrorCode::kConflict,
              "the connection was lost in a COMMIT that took effect, and meanwhile another run "
              "went on; read the database again");
}

}  // namespace schemaop
