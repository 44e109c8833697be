// Every command of `schemactl`; each is defined in the file named after it.
#pragma once

#include <string>

#include "cli/command.h"

namespace CLI {
class App;
}

namespace schemaop {

// "schemactl 1.2.3": what `version` and --version print.
std::string VersionText();

// Each function adds one command to `app`, the program. When the command line names it, parsing
// puts what to run, with its arguments bound, into `chosen`, which must outlive the parse.
void AddBranches(CLI::App& app, Command& chosen);
void AddCheck(CLI::App& app, Command& chosen);
void AddCompletion(CLI::App& app, Command& chosen);
void AddCurrent(CLI::App& app, Command& chosen);
void AddDiff(CLI::App& app, Command& chosen);
void AddDowngrade(CLI::App& app, Command& chosen);
void AddDrift(CLI::App& app, Command& chosen);
void AddEdit(CLI::App& app, Command& chosen);
void AddEnsureVersion(CLI::App& app, Command& chosen);
void AddHeads(CLI::App& app, Command& chosen);
void AddHelp(CLI::App& app, Command& chosen);
void AddHistory(CLI::App& app, Command& chosen);
void AddImport(CLI::App& app, Command& chosen);
void AddInit(CLI::App& app, Command& chosen);
void AddLedger(CLI::App& app, Command& chosen);
void AddListTemplates(CLI::App& app, Command& chosen);
void AddMerge(CLI::App& app, Command& chosen);
void AddRehearse(CLI::App& app, Command& chosen);
void AddResolve(CLI::App& app, Command& chosen);
void AddRevision(CLI::App& app, Command& chosen);
void AddSchema(CLI::App& app, Command& chosen);
void AddShow(CLI::App& app, Command& chosen);
void AddStamp(CLI::App& app, Command& chosen);
void AddUpgrade(CLI::App& app, Command& chosen);
void AddVerify(CLI::App& app, Command& chosen);
void AddVersion(CLI::App& app, Command& chosen);
void AddWait(CLI::App& app, Command& chosen);

}  // namespace schemaop
