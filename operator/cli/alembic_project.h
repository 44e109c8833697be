// A Python Alembic project as the real Alembic sees it.
#pragma once

#include <filesystem>
#include <stop_token>
#include <string>
#include <vector>

#include "cli/command.h"

namespace schemaop {

// What Alembic made of one upgrade() or downgrade() in offline mode.
struct RenderedFunction {
  enum class Kind { kSql, kIrreversible, kFailed };
  Kind kind = Kind::kSql;
  std::string text;  // the SQL, or why there is none
};

struct AlembicRevision {
  std::string id;
  std::vector<std::string> down_revisions;
  std::vector<std::string> depends_on;
  std::vector<std::string> branch_labels;
  std::string message;
  std::string file;  // as Alembic names it
  RenderedFunction upgrade;
  RenderedFunction downgrade;
};

struct AlembicProject {
  std::vector<AlembicRevision> revisions;  // parents first
  std::string version_table;
  std::string version_table_schema;  // empty: found through search_path
};

// How a person would call Alembic: `alembic -c SETTINGS -n SECTION -x ARGUMENT...`.
struct AlembicCall {
  std::string program = "alembic";  // looked up on PATH
  std::string settings = "alembic.ini";
  std::string section = "alembic";
  std::vector<std::string> x_arguments;
};

// Asks Alembic about the project of the settings file; runs it in that file's folder, as a person
// would. Nothing is asked of a database. kUsage when there is no such file, kFailed for whatever
// Alembic or the project's env.py says against it.
Outcome<AlembicProject> ReadAlembicProject(const AlembicCall& call, const std::stop_token& stop);

}  // namespace schemaop
