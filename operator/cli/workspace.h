// The project a command works on: its folder, its settings and its revisions.
#pragma once

#include <filesystem>
#include <map>
#include <memory>
#include <string>

#include "cli/command.h"
#include "cli/settings.h"
#include "revision/graph.h"

namespace schemaop {

// The desired schema's file, in the project's folder. Never a revision.
inline constexpr const char* kSchemaFile = "schema.sql";

struct Project {
  std::filesystem::path folder;    // as a person in the working folder would type it
  std::filesystem::path versions;  // where revision files are, sub-folders included
  ProjectSettings settings;
};

// The project the options name, else the one in ./migrations, else the one in the working folder. A
// folder is a project when it holds schemactl.yaml or versions/; one named by --directory may also
// be the folder of revision files itself. kUsage when there is none, naming the places looked at;
// kFailed for a broken settings file.
Outcome<Project> FindProject(const GlobalOptions& globals);

struct Workspace {
  Project project;
  std::shared_ptr<const RevisionGraph> graph;
  std::map<std::string, std::string> texts;  // revision files' texts by Revision::file
};

// The project and its revisions. A folder without any revision is a graph without any. kFailed for
// a broken file, named so that it can be opened from the working folder.
Outcome<Workspace> OpenWorkspace(const GlobalOptions& globals);

// The program with the options that name the project and its tables, as a person would type it
// again: "schemactl -d 'my project'". Of --url only that it was given: it may hold a password.
std::string ProgramOnProject(const GlobalOptions& globals);

// `error` with the path of the revision file that its message begins with as RevisionPath has it:
// whoever reads files names them relative to the folder they are in.
Error FromWorkingFolder(const Workspace& workspace, Error error);

// The path of a revision's file (Revision::file) from the working folder; as it is for a revision
// without a file.
std::string RevisionPath(const Project& project, const std::string& file);

}  // namespace schemaop
