// What one file of another tool's folder holds: a migration, or one direction of it.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/error.h"
#include "revision/revision.h"

namespace schemaop {

// A migration's number as tools compare it: "007" is 7, and 1.2 comes before 1.10.
struct MigrationVersion {
  std::string written;             // "007", "1.2", as it stands in the name
  std::vector<std::string> parts;  // decimal digits without leading zeros

  // By value, whatever it is written like.
  bool operator==(const MigrationVersion& other) const { return parts == other.parts; }
  bool operator<(const MigrationVersion& other) const;
};

struct MigrationPart {
  MigrationVersion version;
  std::string title;  // for people, from the file's name
  std::string file;
  std::string checksum;  // as Revision::checksum
  std::optional<Section> upgrade;
  std::optional<Section> downgrade;
};

// The name of a file without its folders.
std::string_view BaseName(std::string_view file);

// The digits that `name` begins with; "" when there are none.
std::string_view LeadingDigits(std::string_view name);

// `written` as a version whose numbers stand between `separators`. kInvalid, naming `file`, when
// there are more characters than the version table holds.
Result<MigrationVersion> ParseMigrationVersion(std::string_view file, std::string_view written,
                                               std::string_view separators = {});

// "create_users" as "create users".
std::string TitleWords(std::string_view slug);

// A section that is a whole file: `text` is normalised. `when_mixed` as in TransactionMark.
Result<Section> ParseWholeFile(std::string_view file, std::string_view text,
                               std::string_view when_mixed);

}  // namespace schemaop
