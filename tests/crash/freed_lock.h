// How long a dead run's session, and with it the migration lock, outlives it.
#pragma once

#include <chrono>
#include <string>
#include <vector>

#include "postgres/test_postgres.h"

namespace schemaop::testing {

// Kills schemactl `kills` times while the server works on a statement of its, and waits until the
// server has ended the session. Throws std::runtime_error when that takes a minute.
std::vector<std::chrono::milliseconds> KillInStatements(TestPostgres& server, int kills);

// Median and longest as a line; `where` says where the runs were killed.
std::string DescribeFreed(const std::string& where, std::vector<std::chrono::milliseconds> freed);

}  // namespace schemaop::testing
