// A revision file made of what Alembic rendered.
#pragma once

#include <optional>
#include <string>

#include "cli/alembic_project.h"

namespace schemaop {

struct ImportedRevision {
  std::string id;
  std::string from;                    // the Python file
  std::string name;                    // of the revision file
  std::string header;                  // of the revision file, up to its "-- migrate:up" mark
  std::string text;                    // of the revision file; empty when there is a problem
  std::optional<std::string> problem;  // why there is no text
  std::optional<std::string> note;     // what a person should know about the text
};

// What `from` becomes here. A downgrade that raises NotImplementedError becomes none; anything
// else that cannot be rendered, and whatever would not be read back as the same, is a problem.
ImportedRevision ImportRevision(const AlembicRevision& from);

}  // namespace schemaop
