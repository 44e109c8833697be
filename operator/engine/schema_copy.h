// A schema that was read from one database, made in another.
#pragma once

#include <stop_token>

#include "base/error.h"
#include "catalog/diff.h"
#include "catalog/scope.h"
#include "engine/scratch_database.h"

namespace schemaop {

// Makes `schema`, narrowed by `scope`, in the empty `scratch`; rows are not copied. kRejected,
// naming the statement, when something it needs is not in `scope` or not on that server.
Result<void> CopySchema(const Catalog& schema, const CatalogScope& scope,
                        const ScratchDatabase& scratch, const std::stop_token& stop);

}  // namespace schemaop
