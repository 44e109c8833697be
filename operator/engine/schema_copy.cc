#include "engine/schema_copy.h"

#include "base/text.h"
#include "postgres/catalog_reader.h"

namespace schemaop {

Result<void> CopySchema(const Catalog& schema, const CatalogScope& scope,
                        const ScratchDatabase& scratch, const std::stop_token& stop) {
  auto session = Session::Connect({.dsn = scratch.dsn(), .application_name = "schemactl"}, stop);
  if (!session) return Fail(session.error());
  auto empty = ReadCatalog(*session, {}, stop);
  if (!empty) return Fail(empty.error());
  for (const DdlStatement& statement : Diff(Narrow(*empty, scope), schema).statements) {
    auto done = session->Execute(statement.sql, stop);
    if (done) continue;
    return Fail(WithContext(ToError(done.error()),
                            "cannot copy the schema: \"" + Truncate(statement.sql, 200) + "\""));
  }
  return {};
}

}  // namespace schemaop
