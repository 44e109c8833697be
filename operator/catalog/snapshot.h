// A catalog as text, to be kept and compared later, and its fingerprint.
#pragma once

#include <string>
#include <string_view>

#include "base/error.h"
#include "catalog/catalog.h"

namespace schemaop {

// One line an object, in the order of ids: canonical, the same for equal catalogs.
std::string WriteSnapshot(const Catalog& catalog);

// What WriteSnapshot wrote. kInvalid, with the line, for any other text.
Result<Catalog> ReadSnapshot(std::string_view text);

// SHA-256 (64 hexadecimal digits) of everything two catalogs are compared by: equal exactly when
// the objects and their properties are. Narrow both first. Comparable between databases of one
// major version.
std::string Fingerprint(const Catalog& catalog);

}  // namespace schemaop
