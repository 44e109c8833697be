#include "engine/sql_script_checks.h"

#include <algorithm>
#include <vector>

#include "base/text.h"
#include "postgres/advisory_lock.h"
#include "postgres/quote.h"
#include "postgres/version_table.h"

namespace schemaop {
namespace {

// The version table's schema as FindVersionTable finds it: of the search path, the first that has
// the table, else the first.
std::string PlaceSql(const DatabaseOptions& options) {
  if (options.version_table_schema) return QuoteLiteral(*options.version_table_schema);
  return "(SELECT p.place FROM unnest(places) WITH ORDINALITY AS p(place, i) "
         "ORDER BY NOT EXISTS (SELECT FROM pg_class c JOIN pg_namespace n ON n.oid = "
         "c.relnamespace WHERE n.nspname = p.place AND c.relname = " +
         QuoteLiteral(options.version_table) +
         " AND c.relkind IN ('r', 'p', 'v', 'f')), p.i LIMIT 1)";
}

std::string RowsSql(const Heads& rows) {
  Heads sorted = rows;
  std::sort(sorted.begin(), sorted.end());
  std::vector<std::string> quoted;
  for (const RevisionId& row : sorted) quoted.push_back(QuoteLiteral(row));
  return "ARRAY[" + Join(quoted, ", ") + "]::text[]";
}

// `body` as a DO statement, in dollar quotes that nothing in it ends. Whoever can create functions
// or operators in a schema of the search path must not be able to have them called here
// (CVE-2018-1058): the types are qualified, for they are looked up first of all, and nothing else
// is before search_path is pg_catalog alone.
std::string Block(const DatabaseOptions& options, const std::string& body) {
  const std::string text =
      "\nDECLARE\n  places pg_catalog.name[] := pg_catalog.current_schemas(false);\n"
      "  pinned pg_catalog.text := pg_catalog.set_config('search_path', 'pg_catalog, pg_temp', "
      "true);\n  place pg_catalog.text := " +
      PlaceSql(options) +
      ";\n  key pg_catalog.int8 := " + MigrationLockKeySql("place", options.version_table) +
      ";\n  applied pg_catalog.text[] := '{}';\nBEGIN\n" + body + "END\n";
  std::string tag = "schemactl";
  while (text.find("$" + tag + "$") != std::string::npos) tag += '_';
  return "DO $" + tag + "$" + text + "$" + tag + "$;";
}

// The version table as an identifier, known only there.
std::string TableSql(const DatabaseOptions& options) {
  return "format('%I.%I', place, " + QuoteLiteral(options.version_table) + ")";
}

std::string ExistsSql(const DatabaseOptions& options) {
  return "to_regclass(" + TableSql(options) + ") IS NOT NULL";
}

std::string CreateSql(const DatabaseOptions& options) {
  // A name's own "%" would be read by format().
  std::string name;
  for (const char c : options.version_table) name += c == '%' ? "%%" : std::string(1, c);
  return "EXECUTE format(" + QuoteLiteral(VersionTableDdl("%s", name)) + ", " + TableSql(options) +
         ");\n";
}

// What follows the block finds the table by its name.
std::string EnterPlace() {
  return "  PERFORM set_config('search_path', quote_ident(place) || ', pg_temp', true);\n";
}

std::string ReadRows(const DatabaseOptions& options) {
  return "EXECUTE 'SELECT array_agg(v.version_num::text ORDER BY v.version_num::text COLLATE "
         "\"C\") FROM ' || " +
         TableSql(options) + " || ' v' INTO applied;\n  applied := coalesce(applied, '{}');\n";
}

// Text expressions for messages.
std::string Label(const DatabaseOptions& options) {
  return "place || " + QuoteLiteral("." + options.version_table);
}
std::string AppliedSql() { return "coalesce(nullif(array_to_string(applied, ', '), ''), 'base')"; }

std::string Raise(const std::string& message_sql, const std::string& hint) {
  return "    RAISE EXCEPTION USING MESSAGE = " + message_sql +
         ",\n      HINT = " + QuoteLiteral(hint) + ";\n";
}

}  // namespace

std::string DescribeRows(const Heads& rows) { return rows.empty() ? "base" : Join(rows, ", "); }

std::string EnterSql(const DatabaseOptions& options) {
  std::string sql;
  if (options.role) sql += "SET ROLE " + QuoteIdentifier(*options.role) + ";\n";
  if (!options.search_path.empty()) {
    sql += "SET search_path = " + QuoteIdentifierList(options.search_path) + ";\n";
  }
  return sql;
}

std::string StartCheckSql(const DatabaseOptions& options, const Heads& from) {
  const std::string holder =
      "(SELECT l.pid::text FROM pg_locks l WHERE l.locktype = 'advisory' AND l.granted AND "
      "l.objsubid = 1 AND l.database = (SELECT d.oid FROM pg_database d WHERE d.datname = "
      "current_database()) AND ((l.classid::bigint << 32) | l.objid::bigint) = key LIMIT 1)";
  return Block(
      options,
      "  IF place IS NULL THEN\n" +
          Raise("'no schema of the search path exists, so there is no place for the version table'",
                "create one, or name its schema with --version-table-schema") +
          "  END IF;\n  IF NOT pg_try_advisory_lock(key) THEN\n" +
          Raise("'the migration lock of ' || " + Label(options) +
                    " || ' is held by process ' || coalesce(" + holder +
                    ", 'unknown') || ': nothing was changed'",
                "wait for it to end and run this script again") +
          "  END IF;\n  IF " + ExistsSql(options) + " THEN\n    " + ReadRows(options) +
          "  END IF;\n  IF applied <> " + RowsSql(from) +
          " THEN\n    PERFORM pg_advisory_unlock(key);\n" +
          Raise(QuoteLiteral("this script starts at " + DescribeRows(from) + ", but ") + " || " +
                    Label(options) + " || ' says ' || " + AppliedSql() +
                    " || ': nothing was changed'",
                "write the script again for the revision that 'schemactl current' shows") +
          "  END IF;\n");
}

std::string StepCheckSql(const DatabaseOptions& options, const Heads& rows,
                         const std::string& what) {
  const std::string create = rows.empty() ? "  IF NOT (" + ExistsSql(options) + ") THEN\n    " +
                                                CreateSql(options) + "  END IF;\n"
                                          : "";
  return Block(
      options,
      "  IF NOT pg_try_advisory_xact_lock(key) THEN\n" +
          Raise(QuoteLiteral("another session took the migration lock from " + what),
                "take pg_advisory_unlock out of it, or wait for the other session to end") +
          "  END IF;\n" + create + "  EXECUTE 'LOCK TABLE ' || " + TableSql(options) +
          " || ' IN SHARE ROW EXCLUSIVE MODE';\n  " + ReadRows(options) + "  IF applied <> " +
          RowsSql(rows) + " THEN\n" +
          Raise(QuoteLiteral(what + " starts at " + DescribeRows(rows) + ", but ") + " || " +
                    Label(options) + " || ' says ' || " + AppliedSql(),
                "somebody else changed the version table; write the script again for the revision "
                "that 'schemactl current' shows") +
          "  END IF;\n" + EnterPlace());
}

std::string EndSql(const DatabaseOptions& options) {
  return Block(options, "  PERFORM pg_advisory_unlock(key);\n");
}

}  // namespace schemaop
