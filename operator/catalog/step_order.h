// What order steps have as long as nothing depends on anything.
#pragma once

#include <string>
#include <vector>

#include "catalog/catalog.h"
#include "catalog/step_host.h"
#include "catalog/work.h"

namespace schemaop {

// Steps with a lower rank come first: what must go before something else, then what comes and what
// changes, then what goes for good with its data, and default privileges, which would apply to what
// we create, at the end. Within each of these by the object's kind, backwards for what goes.
int RankOf(const StepKey& step, const Work& work);

// The names that no other object can have at the same time: "relation public.a", "routine f(int)".
// Empty for kinds whose names nobody else can take.
std::vector<std::string> TakenNames(const CatalogObject& object);

}  // namespace schemaop
