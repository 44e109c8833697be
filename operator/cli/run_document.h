// What a run did, or would do, in the forms of `-o`.
//
// json and yaml are one object; keys: command, target (as typed), outcome (planned, completed,
// busy, failed, in_doubt, cancelled), from and heads (version rows before and after; null when the
// run ended before it could read them), steps, and for a run that did not complete error (text) and
// failure (null, or an object with revision, file, line, column, statement, sqlstate, message,
// hint). A step is an object: revision, direction, message, file; of a plan also transaction
// (false: outside one) and destroys (texts); of a run at (RFC 3339) and seconds. table and wide
// have a line for each step, name its revision.
#pragma once

#include <optional>
#include <string>

#include "cli/document.h"
#include "cli/workspace.h"
#include "revision/plan.h"
#include "revision/run_report.h"

namespace schemaop {

// The command line a document speaks of.
struct TypedCommand {
  std::string name;    // "upgrade"
  std::string target;  // as typed
};

// A plan that is not run. REQUIRES (for each): format is not kText.
std::string PlanDocument(OutputFormat format, const TypedCommand& typed, const Workspace& workspace,
                         const Plan& plan);

// A run; `from` is where the database was when it began, nullopt when that was never read. Its
// steps are those committed.
std::string RunDocument(OutputFormat format, const TypedCommand& typed, const Workspace& workspace,
                        const std::optional<Heads>& from, const RunReport& report);

// A stamp; no plan when the database was never read. Its steps have from (the rows it takes the
// place of) and revision ("": base).
std::string StampDocument(OutputFormat format, const TypedCommand& typed,
                          const std::optional<StampPlan>& plan, const RunReport& report);

// What the statements of a step destroy: "drops table payments", in order, each once.
std::vector<std::string> Destroys(const Step& step, const RevisionGraph& graph);

}  // namespace schemaop
