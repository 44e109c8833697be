// The table of what a person reads who typed something that cannot be done.
#pragma once

#include <string>
#include <vector>

namespace schemaop::testing {

// Where a command line is typed.
enum class Place {
  kNowhere,   // no project: an empty alembic.ini and an empty file named "file"
  kProject,   // revisions 001 and 002, no database named
  kBranchy,   // 001, 002<001, abcd1234<001 (feature), and a base abcd5678 (release-1) without a way
              // down
  kBroken,    // 002 holds a string that is never closed
  kOrphan,    // 002 builds on 001, which is not there
  kCycle,     // a<c, b<a, c<b
  kTwice,     // two files are revision a
  kSettings,  // schemactl.yaml has a key that is none
  kFolders,   // schema.sql, checks.yaml, a.sql, a.yaml and b/schemactl.yaml are folders
  kNoFile,    // schemactl.yaml is a link to a file that is not there
  kNoServer,  // kProject, and DATABASE_URL names a port where nobody listens
  kDatabase,  // kProject, and a database at 001
};

struct ErrorRow {
  Place place;
  std::vector<std::string> arguments;
  int exit_code;
  std::string message;  // on standard error behind "schemactl: "; nothing is on standard output
};

const std::vector<ErrorRow>& ErrorRows();

}  // namespace schemaop::testing
