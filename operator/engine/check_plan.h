// What the server says of a query by EXPLAIN (FORMAT JSON); the server itself reads the JSON.
#pragma once

#include <chrono>
#include <stop_token>
#include <string>
#include <vector>

#include "postgres/session.h"
#include "sql/statement.h"

namespace schemaop {

// The parts of a plan, wherever in its tree.
struct QueryPlan {
  std::vector<std::string> indexes;  // index names, each once
  std::vector<std::string> scans;    // "Seq Scan on projects", "Index Scan using x on projects"
};

// The plan of `query`, which is not run.
SqlResult<QueryPlan> ReadPlan(Session& session, const Statement& query,
                              const std::stop_token& stop);

// Runs `query` and says how long its execution took on the server, planning not counted.
SqlResult<std::chrono::nanoseconds> MeasureExecution(Session& session, const Statement& query,
                                                     const std::stop_token& stop);

// `index` and the names of its partitions' indexes, of every index of that name.
SqlResult<std::vector<std::string>> NamesInPlans(Session& session, const std::string& index,
                                                 const std::stop_token& stop);

}  // namespace schemaop
