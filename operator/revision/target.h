// Target expressions: what a person types after upgrade, downgrade or stamp, read once into a
// value.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <variant>

#include "base/error.h"
#include "revision/graph.h"

namespace schemaop {

// head, heads, base, an id, a unique beginning of one, a branch label, or one of these behind
// "branch@". Which '@' separates the branch differs (see SplitAtFirst, SplitAtLast), so the text
// stays whole.
struct AbsoluteTarget {
  std::string text;

  bool operator==(const AbsoluteTarget&) const = default;
};

// "+2", "-1", "branch@+2", "abc+1", "branch@head-1": steps from where the database is, or from a
// symbol.
struct RelativeTarget {
  std::optional<std::string> branch;
  std::optional<std::string> symbol;  // nullopt: from the database's own rows
  int steps = 0;                      // negative: down
  std::string steps_text;             // as typed, with its sign

  bool operator==(const RelativeTarget&) const = default;
};

using Target = std::variant<AbsoluteTarget, RelativeTarget>;

// Reads a target (Alembic's pattern: `(branch@)?(symbol)?[+-]digits` is relative, anything else
// absolute). kInvalid for nothing at all, a range (a:b is only for --sql), text behind a relative
// target (Alembic drops it silently), and a branch label of `graph` that reads as one
// ("release-1").
Result<Target> ParseTarget(const RevisionGraph& graph, std::string_view text);

// Whether `text` is one of ParseTarget's relative targets by its form, as "release-1" is.
bool IsRelativeForm(std::string_view text);

// The two sides of a "branch@symbol".
struct BranchAndSymbol {
  std::optional<std::string> branch;  // nullopt: no '@'; may be empty
  std::string symbol;
};

// Splits at the first '@' (upgrade, stamp, views), or at the last (downgrade): Alembic does both.
BranchAndSymbol SplitAtFirst(std::string_view text);
BranchAndSymbol SplitAtLast(std::string_view text);

}  // namespace schemaop
