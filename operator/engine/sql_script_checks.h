// The guards of a script for psql (see sql_script.h): SQL text that checks on the server what a
// live run checks from here. Needs plpgsql and the rights of a live run, nothing else.
#pragma once

#include <string>

#include "engine/database_options.h"
#include "revision/revision.h"

namespace schemaop {

// "base", or the ids joined by ", ".
std::string DescribeRows(const Heads& rows);

// The role and the search_path of submitted SQL, when `options` state them, a line each, else
// nothing. In a session whose own are reset.
std::string EnterSql(const DatabaseOptions& options);

// Takes the migration lock for the session and compares the version table's rows with `from`;
// raises an error, having let go of the lock, when another session has it or they differ.
std::string StartCheckSql(const DatabaseOptions& options, const Heads& from);

// Within a transaction, behind submitted SQL: search_path is the version table's schema from here
// to the end of the transaction; the lock is still ours; the table exists when it may be created
// (`rows` is base), is locked against other writers and holds exactly `rows`. Raises an error that
// names `what` ("revision 002") otherwise.
std::string StepCheckSql(const DatabaseOptions& options, const Heads& rows,
                         const std::string& what);

// Gives the lock back.
std::string EndSql(const DatabaseOptions& options);

}  // namespace schemaop
