#include "engine/own_tables.h"

#include <algorithm>
#include <string>

#include "base/text.h"
#include "postgres/quote.h"

namespace schemaop {
namespace {

tl::unexpected<Error> Changed(const std::string& table, const std::string& remedy) {
  return Fail(ErrorCode::kRejected,
              "the statement changed " + table +
                  ", which only the migration itself may write, and it ran outside a transaction: "
                  "take it out of the revision and " +
                  remedy);
}

}  // namespace

Result<void> CheckOwnTables(TargetDatabase& database, Heads rows, const std::stop_token& stop) {
  const VersionTable& table = database.version_table();
  const std::string& schema = database.options().ledger_schema;
  const TargetDatabase::OwnTables known = database.own_tables();
  auto found = database.session().Query(
      "SELECT pg_catalog.to_regclass($1)::oid, pg_catalog.to_regclass($2)::oid, EXISTS (SELECT 1 "
      "FROM pg_catalog.pg_trigger t WHERE t.tgrelid = $3::oid AND t.tgname = "
      "'ledger_is_append_only' AND t.tgenabled = 'O')",
      {QuoteQualified(table.schema, table.name), QuoteQualified(schema, "ledger"), known.ledger},
      stop);
  if (!found) return Fail(ToError(found.error()));
  const Row& row = found->front();
  const bool ledger_kept = row.Text(1) == known.ledger && row.Boolean(2);
  if (!ledger_kept) {
    return Changed(schema + ".ledger",
                   "bring the ledger and its trigger ledger_is_append_only back from a backup");
  }
  std::sort(rows.begin(), rows.end());
  const std::string remedy =
      "see that it has " + (rows.empty() ? "no row" : "the rows " + Join(rows, ", ")) + " again";
  if (row.Text(0) != known.versions) return Changed(table.Label(), remedy);
  auto there = database.ReadHeads(stop);
  if (!there && !database.session().connected()) return Fail(there.error());
  if (there) std::sort(there->begin(), there->end());
  return there && *there == rows ? Result<void>() : Changed(table.Label(), remedy);
}

}  // namespace schemaop
