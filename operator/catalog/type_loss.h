// Which changes of a column's type lose parts of its values without an error.
#pragma once

#include <string>

namespace schemaop {

// How the values are converted (manual, CREATE CAST).
enum class Conversion {
  kAssigned,  // by ALTER COLUMN TYPE alone: text that is too long for the new type is an error
  kCast,      // by USING and "::": such text is cut
};

// Types as format_type() writes them. Says nothing of values that the new type has no room for,
// which are an error, nor of types of extensions and users.
bool LosesParts(const std::string& from, const std::string& to, Conversion conversion);

}  // namespace schemaop
