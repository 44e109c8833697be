// The sections of a revision file: their marks, their statements, and whether they run in a
// transaction.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

#include "base/error.h"
#include "revision/revision.h"

namespace schemaop {

// Whether a "--" comment, from its dashes on, is meant as a mark: "migrate:" follows the dashes.
// "-- migrate: allow ..." is none, it speaks to the linter.
bool IsSectionMark(std::string_view comment);

struct Sections {
  Section upgrade;
  std::optional<Section> downgrade;
};

// Reads the sections of `text` from its first mark, at `offset` in line `line`, to its end.
// kInvalid as "file:line:column: ..." for marks that are unknown, repeated or in the wrong order,
// for what SplitStatements refuses, and by the rules on transactions in revision_file.h.
Result<Sections> ParseSections(std::string_view file, std::string_view text, std::size_t offset,
                               int line);

// The mark and the text of a section, as ParseSections reads them. `name` is "up" or "down".
std::string RenderSection(std::string_view name, const Section& section);

}  // namespace schemaop
