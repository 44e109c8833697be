// What a database's schema should be after migrations ran in one that had drifted.
#pragma once

#include "catalog/catalog.h"

namespace schemaop {

// `expected`: what it should have been before; `before`, `after`: what it was around the run. What
// the run changed is as it is after it; what was different before and was not touched stays
// expected, so that a run does not make a drift look right. Something expected that has lost what
// it is a part of, or what it depends on, is expected no longer.
Catalog ExpectedAfter(const Catalog& expected, const Catalog& before, const Catalog& after);

}  // namespace schemaop
