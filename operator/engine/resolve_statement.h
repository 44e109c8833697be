// A person's word on a statement in doubt.
#pragma once

#include <stop_token>
#include <string>

#include <tl/expected.hpp>

#include "engine/database_options.h"
#include "engine/migrate.h"
#include "revision/run_report.h"

namespace schemaop {

enum class Resolution {
  kDone,   // it took effect
  kRetry,  // it did not: the next run sends it again
};

// What was in doubt.
struct ResolvedStatement {
  Direction direction = Direction::kUpgrade;
  int statement = 0;  // of the revision's section, from 1
  std::string sql;
};

// Notes in the ledger, under the migration lock, what became of the statement of `revision` that a
// run was cut off in, or that a downgrade may have undone; of several the one that a run asks
// about. The next run goes on from there. Runs nothing. kInvalid when no statement of the revision
// is in doubt, and when its effect can be seen (see EffectOf): then the next run finds out by
// itself.
tl::expected<ResolvedStatement, RunReport> ResolveStatement(const DatabaseOptions& options,
                                                            const RevisionId& revision,
                                                            Resolution resolution,
                                                            const Actor& actor,
                                                            const std::stop_token& stop);

}  // namespace schemaop
