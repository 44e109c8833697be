// Files of other tools' folders, one tool a .cc file. What the tools themselves say about them:
// golang-migrate's MIGRATIONS.md, goose's "SQL migrations", dbmate's README, Flyway's "Migrations".
#pragma once

#include <string_view>

#include "base/error.h"
#include "revision/migration_part.h"
#include "revision/source.h"

namespace schemaop {

// Whether the file's name, or its marks, are the tool's. `text` need not be normalised.
bool IsGolangMigrateFile(const SourceFile& file);  // 1_title.up.sql, 1_title.down.sql
bool IsGooseFile(const SourceFile& file);          // "-- +goose ..." lines
bool IsDbmateFile(const SourceFile& file);  // 1_title.sql, "-- migrate:up" and no header of ours
bool IsFlywayFile(const SourceFile& file);  // V1__title.sql, and U, R and B

// Read one file of a folder that is the tool's. kInvalid as "file:line:column: ..." for a name the
// tool would not take, for what the tool does to the text before it runs (placeholders, ENVSUB),
// and for everything that is refused in a revision file.
//
// A golang-migrate file may be wrapped in BEGIN and COMMIT, as its tutorials show; the pair is
// taken out, since a revision has its transaction anyway.
Result<MigrationPart> ReadGolangMigrateFile(const SourceFile& file);
Result<MigrationPart> ReadGooseFile(const SourceFile& file);
Result<MigrationPart> ReadDbmateFile(const SourceFile& file);
// Repeatable (R) and baseline (B) migrations are refused: they are no steps of a history.
Result<MigrationPart> ReadFlywayFile(const SourceFile& file);

}  // namespace schemaop
