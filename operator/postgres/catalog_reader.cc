#include "postgres/catalog_reader.h"

#include <optional>
#include <utility>
#include <vector>

#include "postgres/catalog_assembly.h"
#include "postgres/catalog_queries.h"

namespace schemaop {

namespace {

constexpr int kAttempts = 5;

// The server's functions read the newest catalog, not the statement's snapshot: what was dropped
// meanwhile is missed by "cache lookup failed" (XX000) or by name.
bool IsSchemaMoving(const SqlError& error) {
  return error.sqlstate == "XX000" || error.sqlstate == "42P01" || error.sqlstate == "42704" ||
         error.sqlstate == "42883";
}

// What brackets the reading, so that names come out qualified and nothing stays behind.
struct Bracket {
  std::string begin;
  std::string end;
};

Bracket BracketFor(const Session& session, const CatalogReadOptions& options) {
  const std::string settings =
      "SET LOCAL search_path = ''; SET LOCAL jit = off; SET LOCAL lock_timeout = " +
      std::to_string(options.lock_timeout.count()) +
      "; SET LOCAL DateStyle = 'ISO'; SET LOCAL IntervalStyle = 'postgres'; "
      "SET LOCAL TimeZone = 'UTC'; SET LOCAL extra_float_digits = 1; "
      "SET LOCAL quote_all_identifiers = off; ";
  if (session.transaction_state() == TransactionState::kOpen)
    return {"SAVEPOINT schemaop_catalog; " + settings,
            "ROLLBACK TO SAVEPOINT schemaop_catalog; RELEASE SAVEPOINT schemaop_catalog"};
  return {"BEGIN ISOLATION LEVEL READ COMMITTED, READ ONLY; " + settings, "COMMIT"};
}

// Rows of system catalogs whose change is a change of the schema. What sessions keep to themselves,
// temporary relations and what belongs to them, is none.
std::string ChangeHashSql(int server_version) {
  static constexpr const char* kRowVersion = "xmin";
  struct Source {
    const char* key;
    const char* from;
    const char* version = kRowVersion;  // what changes with the row
    const char* relation = nullptr;     // the column that says which relation it belongs to
  };
  static constexpr Source kSources[] = {
      {"oid", "pg_class WHERE relpersistence <> 't' AND relkind <> 't'"},
      {"attrelid || ',' || attnum", "pg_attribute WHERE attnum > 0 AND attrelid >= 16384",
       kRowVersion, "attrelid"},
      {"oid", "pg_constraint", kRowVersion, "conrelid"},
      {"oid", "pg_proc WHERE oid >= 16384"},
      {"oid",
       "pg_type WHERE oid >= 16384 AND typnamespace NOT IN (SELECT n.oid FROM pg_namespace n WHERE "
       "n.nspname ~ '^pg_(toast_)?temp_')"},
      {"indexrelid", "pg_index WHERE indexrelid >= 16384", kRowVersion, "indexrelid"},
      {"oid", "pg_trigger", kRowVersion, "tgrelid"},
      {"oid", "pg_rewrite WHERE oid >= 16384", kRowVersion, "ev_class"},
      {"classoid || ',' || objoid || ',' || objsubid", "pg_description WHERE objoid >= 2200"},
      {"oid", "pg_attrdef", kRowVersion, "adrelid"},
      {"oid", "pg_enum"},
      {"oid", "pg_policy", kRowVersion, "polrelid"},
      {"oid", "pg_namespace WHERE nspname !~ '^pg_(toast_)?temp_'"},
      {"seqrelid", "pg_sequence", kRowVersion, "seqrelid"},
      {"inhrelid || ',' || inhparent", "pg_inherits", kRowVersion, "inhrelid"},
      {"oid", "pg_statistic_ext", kRowVersion, "stxrelid"},
      {"oid", "pg_extension"},
      {"oid", "pg_language"},
      {"oid", "pg_am"},
      {"oid", "pg_foreign_data_wrapper"},
      {"oid", "pg_foreign_server"},
      {"ftrelid", "pg_foreign_table"},
      {"oid", "pg_collation WHERE oid >= 16384"},
      {"oid", "pg_conversion WHERE oid >= 16384"},
      {"oid", "pg_operator WHERE oid >= 16384"},
      {"oid", "pg_opfamily WHERE oid >= 16384"},
      {"oid", "pg_opclass WHERE oid >= 16384"},
      {"oid", "pg_amop WHERE oid >= 16384"},
      {"oid", "pg_amproc WHERE oid >= 16384"},
      {"oid", "pg_cast WHERE oid >= 16384"},
      {"oid", "pg_transform"},
      {"aggfnoid::oid", "pg_aggregate WHERE aggfnoid >= 16384"},
      {"rngtypid", "pg_range WHERE rngtypid >= 16384"},
      {"partrelid", "pg_partitioned_table", kRowVersion, "partrelid"},
      {"oid", "pg_ts_parser WHERE oid >= 16384"},
      {"oid", "pg_ts_template WHERE oid >= 16384"},
      {"oid", "pg_ts_dict WHERE oid >= 16384"},
      {"oid", "pg_ts_config WHERE oid >= 16384"},
      {"mapcfg || ',' || maptokentype || ',' || mapseqno",
       "pg_ts_config_map WHERE mapcfg >= 16384"},
      {"oid", "pg_event_trigger"},
      {"oid", "pg_publication"},
      {"oid", "pg_publication_rel"},
      {"oid", "pg_default_acl"},
      // Of which not every role may read xmin.
      {"umid", "pg_user_mappings", "coalesce(umoptions::text, '')"},
      {"subname",
       "pg_subscription WHERE subdbid = (SELECT d.oid FROM pg_database d WHERE "
       "d.datname = current_database())",
       "concat_ws(',', subowner, subenabled, subslotname, subpublications::text)"},
  };
  std::string sql =
      "WITH temporary_relations(oid) AS MATERIALIZED (SELECT oid FROM pg_class WHERE "
      "relpersistence = 't') SELECT count(*) || ':' || coalesce(sum(h), 0) FROM (";
  int seed = 0;
  const auto add = [&](const Source& source) {
    if (seed > 0) sql += " UNION ALL ";
    sql += "SELECT hashtextextended(" + std::string(source.key) + " || ',' || " + source.version +
           ", " + std::to_string(seed++) + ") FROM " + source.from;
    if (source.relation == nullptr) return;
    const bool filtered = std::string_view(source.from).find(" WHERE ") != std::string_view::npos;
    sql += std::string(filtered ? " AND " : " WHERE ") + source.relation +
           " NOT IN (SELECT t.oid FROM temporary_relations t)";
  };
  for (const Source& source : kSources) add(source);
  if (server_version >= 140000) add({"subname", "pg_subscription", "subsynccommit"});
  if (server_version >= 150000) add({"oid", "pg_publication_namespace"});
  return sql + ") z(h)";
}

// Comments, grants, dependencies and both hashes around them: the whole answer of one reading.
struct Reading {
  std::string before;
  std::string after;
  CatalogRows rows;
};

SqlResult<Reading> ReadOnce(Session& session, const CatalogReadOptions& options,
                            const std::vector<CatalogQuery>& queries, const std::stop_token& stop) {
  const Bracket bracket = BracketFor(session, options);
  const std::string hash = ChangeHashSql(session.server_version());
  std::string sql = bracket.begin + hash + "; ";
  for (std::size_t i = 0; i < queries.size(); ++i)
    sql += "SELECT " + std::to_string(i) + ", " + queries[i].sql + "; ";
  sql += "SELECT quote_ident(current_user); " + bracket.end;
  auto objects = session.Ask(sql, stop);
  if (!objects) return tl::unexpected(objects.error());
  if (objects->size() < 2)
    return tl::unexpected(SqlError{.code = ErrorCode::kInternal, .message = "no catalog was read"});
  Reading reading;
  reading.rows.role = objects->back().Text(0);
  objects->pop_back();
  reading.before = objects->front().Text(0);
  objects->erase(objects->begin());
  reading.rows.objects = std::move(*objects);
  const auto ask = [&](const std::string& query, Rows& into) -> std::optional<SqlError> {
    auto rows = session.Ask(bracket.begin + query + "; " + bracket.end, stop);
    if (!rows) return rows.error();
    into = std::move(*rows);
    return std::nullopt;
  };
  if (auto error = ask(CommentQuery(), reading.rows.comments)) return tl::unexpected(*error);
  if (auto error = ask(AclQuery(), reading.rows.acls)) return tl::unexpected(*error);
  if (auto error = ask(DependencyQuery(), reading.rows.dependencies)) return tl::unexpected(*error);
  Rows after;
  if (auto error = ask(hash, after)) return tl::unexpected(*error);
  reading.after = after.front().Text(0);
  return reading;
}

// Leaves no failed transaction of ours behind.
void CleanUp(Session& session, TransactionState before, const std::stop_token& stop) {
  if (session.transaction_state() != TransactionState::kFailed) return;
  const char* sql = before == TransactionState::kOpen ? "ROLLBACK TO SAVEPOINT schemaop_catalog; "
                                                        "RELEASE SAVEPOINT schemaop_catalog"
                                                      : "ROLLBACK";
  (void)session.Ask(sql, stop);
}

}  // namespace

Result<HashedCatalog> ReadHashedCatalog(Session& session, const CatalogReadOptions& options,
                                        const std::stop_token& stop) {
  std::vector<CatalogQuery> queries = RelationQueries(session.server_version());
  for (auto& query : TypeQueries(session.server_version())) queries.push_back(std::move(query));
  for (auto& query : OtherQueries(session.server_version(), options.secrets))
    queries.push_back(std::move(query));
  const TransactionState before = session.transaction_state();
  std::optional<SqlError> last;
  for (int attempt = 0; attempt < kAttempts; ++attempt) {
    auto reading = ReadOnce(session, options, queries, stop);
    if (!reading) {
      CleanUp(session, before, stop);
      last = reading.error();
      if (IsSchemaMoving(*last)) continue;
      return Fail(WithContext(ToError(*last), "reading the schema of " + session.label()));
    }
    if (reading->before == reading->after) {
      return HashedCatalog{AssembleCatalog(reading->rows, queries, session.server_version()),
                           std::move(reading->after)};
    }
    last.reset();
  }
  if (last) return Fail(WithContext(ToError(*last), "reading the schema of " + session.label()));
  return Fail(ErrorCode::kBusy,
              "the schema of " + session.label() + " kept changing while it was read; try again");
}

Result<Catalog> ReadCatalog(Session& session, const CatalogReadOptions& options,
                            const std::stop_token& stop) {
  auto read = ReadHashedCatalog(session, options, stop);
  if (!read) return Fail(read.error());
  return std::move(read->catalog);
}

Result<std::string> ReadChangeHash(Session& session, const std::stop_token& stop) {
  auto rows = session.Ask(ChangeHashSql(session.server_version()), stop);
  if (!rows)
    return Fail(WithContext(ToError(rows.error()), "reading the schema of " + session.label()));
  return rows->front().Text(0);
}

}  // namespace schemaop
