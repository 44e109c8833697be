#include "revision/blocker_line.h"

#include "base/text.h"

namespace schemaop {
namespace {

std::string StateOf(const Blocker& blocker) {
  if (blocker.state.empty()) return "";
  return blocker.since.empty() ? blocker.state : blocker.state + " since " + blocker.since;
}

std::string Describe(const Blocker& blocker) {
  if (blocker.pid == 0) return "a prepared transaction (see pg_prepared_xacts)";
  std::vector<std::string> facts;
  for (const std::string& fact :
       {blocker.application, blocker.user.empty() ? "" : "user " + blocker.user, StateOf(blocker),
        blocker.query.empty() ? "" : "last query: " + blocker.query}) {
    if (!fact.empty()) facts.push_back(fact);
  }
  const std::string pid = "pid " + std::to_string(blocker.pid);
  return facts.empty() ? pid : pid + " (" + Join(facts, ", ") + ")";
}

}  // namespace

std::string DescribeBlockers(const std::vector<Blocker>& blockers) {
  std::vector<std::string> near;
  std::vector<std::string> far;
  for (const Blocker& blocker : blockers) {
    (blocker.depth <= 1 ? near : far).push_back(Describe(blocker));
  }
  return Join(near, ", ") + (far.empty() ? "" : "; behind it: " + Join(far, ", "));
}

}  // namespace schemaop
