// What the real Alembic runs to tell us about a project of its own.
#pragma once

namespace schemaop {

// The text of an env.py, for Alembic 1.8 and later. Its project's settings name two paths:
// `project`, the alembic.ini to read, and `result`, the file to write: JSON with `revisions` in
// topological order, each with its `upgrade` and `downgrade` rendered offline by the project's own
// env.py, or with why that failed. Being an env.py, it runs in whatever interpreter `alembic` uses,
// however that is wrapped; each revision is rendered alone, so nothing has to be cut out of a
// script again.
extern const char* const kAlembicEnv;

}  // namespace schemaop
