// What a rehearsal came to: steps that were run, taken back and run again where nothing can break.
#pragma once

#include <string>
#include <vector>

#include "revision/revision.h"

namespace schemaop {

// A step that was rehearsed.
struct RehearsedStep {
  RevisionId revision;
  Direction direction = Direction::kUpgrade;
  bool reversed = true;  // false: irreversible, so it was run once
  int cuts = 0;          // how often its session was ended in the middle

  bool operator==(const RehearsedStep&) const = default;
};

// Something that would go wrong with a step.
struct RehearsalFinding {
  RevisionId revision;
  std::string problem;                  // "its down section leaves another schema than there was"
  std::vector<std::string> objects;     // where two schemas differ: "index public.ix_a added"
  std::vector<std::string> statements;  // SQL that makes them equal, without semicolons

  bool operator==(const RehearsalFinding&) const = default;
};

struct RehearsalReport {
  std::vector<RehearsedStep> steps;        // in their order, as far as the rehearsal came
  std::vector<RehearsalFinding> findings;  // none: every step is as good as it says
  std::vector<RevisionId> left_out;        // behind a step that could not be gone on from

  bool operator==(const RehearsalReport&) const = default;
};

// "revision 003: its down section leaves another schema than there was: index public.ix_a added".
std::string DescribeFinding(const RehearsalFinding& finding);

}  // namespace schemaop
