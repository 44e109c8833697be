// What other sessions' waits and a session's own progress look like from a second session.
#pragma once

#include <chrono>
#include <optional>
#include <stop_token>
#include <vector>

#include "base/error.h"
#include "postgres/session.h"
#include "revision/run_report.h"

namespace schemaop {

// Who session `pid` waits for at this moment, and who those wait for (pg_blocking_pids), each once,
// the nearest first; at most 16, at most 8 deep. What the role may not see (manual,
// "pg_read_all_stats") stays empty.
Result<std::vector<Blocker>> BlockersOf(Session& session, int pid, const std::stop_token& stop);

// Those of `blockers` that are still in the transaction they were seen in.
Result<std::vector<Blocker>> StillThere(Session& session, const std::vector<Blocker>& blockers,
                                        const std::stop_token& stop);

// How long the session that waits longest for `pid`, or behind it in a lock's queue, has been
// waiting; zero when none does.
Result<std::chrono::milliseconds> LongestWaitFor(Session& session, int pid,
                                                 const std::stop_token& stop);

// The index that session `pid` builds at this moment, when it does.
Result<std::optional<IndexBuild>> IndexBuildOf(Session& session, int pid,
                                               const std::stop_token& stop);

}  // namespace schemaop
