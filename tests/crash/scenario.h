// What runs of the crash matrix do: a project of revisions, a command, and where it must end.
#pragma once

#include <map>
#include <string>
#include <vector>

namespace schemaop::testing {

// One way to use schemactl, on a database that is empty but for the harness (see Oracle). Each
// revision notes itself in harness.applied_log, in its last statement.
struct Scenario {
  std::string name;
  std::map<std::string, std::string> revisions;  // file name -> text
  std::vector<std::vector<std::string>> before;  // commands that have to succeed first
  std::string cut_off;  // SCHEMAOP_FAULT of a run of `command` that dies before; may be empty
  std::vector<std::string> command;  // the one that meets the fault
  std::string remedy;                // SQL without which the command cannot succeed; may be empty
  std::string goal;                  // the version row it leaves; empty: base
  int lost_commit = 0;               // which COMMIT, from 1, the connection is lost in; 0: none
  bool is_committed = true;          // that one: lost on the way back, not on the way there
  bool has_rival = false;  // another run, which is stopped, holds the migration lock at first

  bool IsStamp() const { return command.front() == "stamp"; }
  bool IsDowngrade() const { return command.front() == "downgrade"; }
};

// Every scenario of the matrix.
std::vector<Scenario> Scenarios();

}  // namespace schemaop::testing
