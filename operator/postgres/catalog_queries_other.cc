#include "postgres/catalog_queries.h"

namespace schemaop {

namespace {

CatalogQuery Schemas() {
  return {
      "'schema', 2615, n.oid, 0, n.nspname, '', quote_ident(n.nspname), "
      "quote_ident(pg_get_userbyid(n.nspowner)) FROM pg_namespace n "
      "WHERE n.nspname !~ '^pg_' AND n.nspname <> 'information_schema' AND " +
          NotOfExtension("2615", "n.oid"),
      {Property::kOwner}};
}

CatalogQuery Extensions() {
  return {
      "'extension', 3079, e.oid, 0, '', '', quote_ident(e.extname), "
      "e.extnamespace::regnamespace, e.extversion "
      "FROM pg_extension e",
      {Property::kSchema, Property::kVersion}};
}

CatalogQuery Languages() {
  return {
      "'language', 2612, l.oid, 0, '', '', quote_ident(l.lanname), "
      "quote_ident(pg_get_userbyid(l.lanowner)), format('CREATE %sLANGUAGE %I', "
      "CASE WHEN l.lanpltrusted THEN 'TRUSTED ' END, l.lanname) || "
      "CASE WHEN l.lanplcallfoid <> 0 THEN ' HANDLER ' || l.lanplcallfoid::regproc ELSE '' END || "
      "CASE WHEN l.laninline <> 0 THEN ' INLINE ' || l.laninline::regproc ELSE '' END || "
      "CASE WHEN l.lanvalidator <> 0 THEN ' VALIDATOR ' || l.lanvalidator::regproc ELSE '' END "
      "FROM pg_language l WHERE l.oid >= 16384 AND " +
          NotOfExtension("2612", "l.oid"),
      {Property::kOwner, Property::kDefinition}};
}

CatalogQuery AccessMethods() {
  return {
      "'access method', 2601, a.oid, 0, '', '', quote_ident(a.amname), "
      "format('CREATE ACCESS METHOD %I TYPE %s HANDLER %s', a.amname, CASE a.amtype WHEN 'i' "
      "THEN 'INDEX' ELSE 'TABLE' END, a.amhandler) FROM pg_am a WHERE a.oid >= 16384 AND " +
          NotOfExtension("2601", "a.oid"),
      {Property::kDefinition}};
}

CatalogQuery Wrappers() {
  return {
      "'foreign data wrapper', 2328, f.oid, 0, '', '', quote_ident(f.fdwname), "
      "quote_ident(pg_get_userbyid(f.fdwowner)), format('CREATE FOREIGN DATA WRAPPER %I', "
      "f.fdwname) || CASE WHEN f.fdwhandler <> 0 THEN ' HANDLER ' || f.fdwhandler::regproc ELSE '' "
      "END || CASE WHEN f.fdwvalidator <> 0 THEN ' VALIDATOR ' || f.fdwvalidator::regproc ELSE '' "
      "END, " +
          SortedList("f.fdwoptions") + " FROM pg_foreign_data_wrapper f WHERE " +
          NotOfExtension("2328", "f.oid"),
      {Property::kOwner, Property::kDefinition, Property::kForeignOptions}};
}

CatalogQuery Servers() {
  return {
      "'server', 1417, s.oid, 0, '', '', quote_ident(s.srvname), "
      "quote_ident(pg_get_userbyid(s.srvowner)), format('CREATE SERVER %I%s FOREIGN DATA WRAPPER "
      "%I', s.srvname, ' TYPE ' || quote_literal(s.srvtype), f.fdwname), "
      "quote_literal(s.srvversion), " +
          SortedList("s.srvoptions") +
          " FROM pg_foreign_server s JOIN pg_foreign_data_wrapper f ON f.oid = s.srvfdw WHERE " +
          NotOfExtension("1417", "s.oid"),
      {Property::kOwner, Property::kDefinition, Property::kVersion, Property::kForeignOptions}};
}

// The view gives NULL for options that the reader has no right to.
CatalogQuery UserMappings(bool secrets) {
  const std::string list = SortedList("u.umoptions");
  const std::string options = secrets ? list : "'md5:' || md5(" + list + ")";
  return {
      "'user mapping', 1418, u.umid, 0, '', quote_ident(u.srvname), CASE WHEN u.umuser = 0 THEN "
      "'PUBLIC' ELSE quote_ident(u.usename) END, " +
          options + " FROM pg_user_mappings u WHERE " + NotOfExtension("1417", "u.srvid"),
      {Property::kForeignOptions}};
}

// Locale columns were added and renamed from version to version.
CatalogQuery Collations() {
  return {
      "'collation', 3456, c.oid, 0, n.nspname, '', format('%I.%I', n.nspname, c.collname), "
      "quote_ident(pg_get_userbyid(c.collowner)), format('CREATE COLLATION %I.%I (', n.nspname, "
      "c.collname) || concat_ws(', ', 'PROVIDER = ' || CASE c.collprovider WHEN 'i' THEN 'icu' "
      "WHEN 'b' THEN 'builtin' WHEN 'd' THEN 'default' ELSE 'libc' END, "
      "CASE WHEN NOT c.collisdeterministic THEN 'DETERMINISTIC = false' END, "
      "'LOCALE = ' || quote_literal(coalesce(j->>'colliculocale', j->>'colllocale', "
      " CASE WHEN c.collprovider = 'i' THEN c.collcollate::text END)), "
      "CASE WHEN c.collprovider <> 'i' THEN 'LC_COLLATE = ' || quote_literal(c.collcollate::text) "
      "END, "
      "CASE WHEN c.collprovider <> 'i' THEN 'LC_CTYPE = ' || quote_literal(c.collctype::text) END, "
      "'RULES = ' || quote_literal(j->>'collicurules')) || ')' "
      "FROM pg_collation c CROSS JOIN LATERAL to_jsonb(c) j " +
          InUserSchema("c.collnamespace") + "WHERE " + NotOfExtension("3456", "c.oid"),
      {Property::kOwner, Property::kDefinition}};
}

CatalogQuery Conversions() {
  return {
      "'conversion', 2607, c.oid, 0, n.nspname, '', format('%I.%I', n.nspname, c.conname), "
      "quote_ident(pg_get_userbyid(c.conowner)), format('CREATE %sCONVERSION %I.%I FOR %L TO %L "
      "FROM %s', CASE WHEN c.condefault THEN 'DEFAULT ' END, n.nspname, c.conname, "
      "pg_encoding_to_char(c.conforencoding), pg_encoding_to_char(c.contoencoding), c.conproc) "
      "FROM pg_conversion c " +
          InUserSchema("c.connamespace") + "WHERE " + NotOfExtension("2607", "c.oid"),
      {Property::kOwner, Property::kDefinition}};
}

CatalogQuery Parsers() {
  return {
      "'text search parser', 3601, p.oid, 0, n.nspname, '', format('%I.%I', n.nspname, "
      "p.prsname), format('CREATE TEXT SEARCH PARSER %I.%I (START = %s, GETTOKEN = %s, END = %s, "
      "LEXTYPES = %s%s)', n.nspname, p.prsname, p.prsstart, p.prstoken, p.prsend, p.prslextype, "
      "CASE WHEN p.prsheadline::oid <> 0 THEN ', HEADLINE = ' || p.prsheadline END) "
      "FROM pg_ts_parser p " +
          InUserSchema("p.prsnamespace") + "WHERE " + NotOfExtension("3601", "p.oid"),
      {Property::kDefinition}};
}

CatalogQuery Templates() {
  return {
      "'text search template', 3764, t.oid, 0, n.nspname, '', format('%I.%I', n.nspname, "
      "t.tmplname), format('CREATE TEXT SEARCH TEMPLATE %I.%I (%sLEXIZE = %s)', n.nspname, "
      "t.tmplname, CASE WHEN t.tmplinit::oid <> 0 THEN 'INIT = ' || t.tmplinit || ', ' END, "
      "t.tmpllexize) FROM pg_ts_template t " +
          InUserSchema("t.tmplnamespace") + "WHERE " + NotOfExtension("3764", "t.oid"),
      {Property::kDefinition}};
}

CatalogQuery Dictionaries() {
  return {
      "'text search dictionary', 3600, d.oid, 0, n.nspname, '', format('%I.%I', n.nspname, "
      "d.dictname), quote_ident(pg_get_userbyid(d.dictowner)), format('CREATE TEXT SEARCH "
      "DICTIONARY %I.%I (TEMPLATE = %I.%I', n.nspname, d.dictname, tn.nspname, t.tmplname), "
      "d.dictinitoption FROM pg_ts_dict d JOIN pg_ts_template t ON t.oid = d.dicttemplate "
      "JOIN pg_namespace tn ON tn.oid = t.tmplnamespace " +
          InUserSchema("d.dictnamespace") + "WHERE " + NotOfExtension("3600", "d.oid"),
      {Property::kOwner, Property::kDefinition, Property::kForeignOptions}};
}

CatalogQuery Configurations() {
  return {
      "'text search configuration', 3602, c.oid, 0, n.nspname, '', format('%I.%I', n.nspname, "
      "c.cfgname), quote_ident(pg_get_userbyid(c.cfgowner)), format('CREATE TEXT SEARCH "
      "CONFIGURATION %I.%I (PARSER = %I.%I)', n.nspname, c.cfgname, pn.nspname, p.prsname), "
      "(SELECT string_agg(m.line, E'\\x1f' ORDER BY m.line COLLATE \"C\") FROM (SELECT t.alias || "
      "'=' "
      "|| string_agg(x.mapdict::regdictionary::text, ', ' ORDER BY x.mapseqno) FROM "
      "pg_ts_config_map x JOIN ts_token_type(c.cfgparser) t ON t.tokid = x.maptokentype WHERE "
      "x.mapcfg = c.oid GROUP BY t.alias) m(line)) FROM pg_ts_config c "
      "JOIN pg_ts_parser p ON p.oid = c.cfgparser JOIN pg_namespace pn ON pn.oid = "
      "p.prsnamespace " +
          InUserSchema("c.cfgnamespace") + "WHERE " + NotOfExtension("3602", "c.oid"),
      {Property::kOwner, Property::kDefinition, Property::kMappings}};
}

CatalogQuery EventTriggers() {
  return {
      "'event trigger', 3466, e.oid, 0, '', '', quote_ident(e.evtname), "
      "quote_ident(pg_get_userbyid(e.evtowner)), format('CREATE EVENT TRIGGER %I ON %s%s EXECUTE "
      "FUNCTION %s()', e.evtname, e.evtevent, (SELECT ' WHEN TAG IN (' || string_agg("
      "quote_literal(x), ', ') || ')' FROM unnest(e.evttags) x), e.evtfoid::regproc), "
      "nullif(e.evtenabled, 'O') FROM pg_event_trigger e WHERE " +
          NotOfExtension("3466", "e.oid"),
      {Property::kOwner, Property::kDefinition, Property::kEnabled}};
}

CatalogQuery Publications(int version) {
  const std::string via_root = version >= 130000 ? "nullif(p.pubviaroot, false)" : "NULL";
  return {
      "'publication', 6104, p.oid, 0, '', '', quote_ident(p.pubname), "
      "quote_ident(pg_get_userbyid(p.pubowner)), nullif(p.puballtables, false), "
      "concat_ws(', ', CASE WHEN p.pubinsert THEN 'insert' END, CASE WHEN p.pubupdate THEN "
      "'update' END, CASE WHEN p.pubdelete THEN 'delete' END, CASE WHEN p.pubtruncate THEN "
      "'truncate' END), " +
          via_root + " FROM pg_publication p WHERE " + NotOfExtension("6104", "p.oid"),
      {Property::kOwner, Property::kAllTables, Property::kEvents, Property::kViaRoot}};
}

CatalogQuery PublicationTables(int version) {
  const std::string details = version >= 150000
                                  ? "(SELECT string_agg(quote_ident(a.attname), ', ' ORDER BY "
                                    "a.attnum) FROM pg_attribute a "
                                    "WHERE a.attrelid = r.prrelid AND a.attnum = ANY (r.prattrs)), "
                                    "pg_get_expr(r.prqual, r.prrelid)"
                                  : "NULL, NULL";
  return {"'publication table', 6106, r.oid, 0, '', quote_ident(p.pubname), r.prrelid::regclass, " +
              details + " FROM pg_publication_rel r JOIN pg_publication p ON p.oid = r.prpubid",
          {Property::kColumns, Property::kFilter}};
}

CatalogQuery PublicationSchemas() {
  return {
      "'publication schema', 6237, r.oid, 0, '', quote_ident(p.pubname), "
      "r.pnnspid::regnamespace FROM pg_publication_namespace r "
      "JOIN pg_publication p ON p.oid = r.pnpubid",
      {}};
}

// Before 14 an ordinary role may not read all columns.
CatalogQuery Subscriptions(int server_version, bool secrets) {
  const bool open = server_version >= 140000;
  return {
      std::string("'subscription', 6100, ") + (open ? "s.oid" : "0") +
          ", 0, '', '', quote_ident(s.subname), quote_ident(pg_get_userbyid(s.subowner)), " +
          (secrets ? "s.subconninfo" : "NULL") +
          ", array_to_string(array(SELECT quote_ident(x) FROM unnest(s.subpublications) x ORDER BY "
          "x COLLATE \"C\"), ', '), quote_literal(s.subslotname), " +
          (open ? "s.subsynccommit" : "NULL") +
          ", nullif(s.subenabled, false) FROM pg_subscription s "
          "WHERE s.subdbid = (SELECT d.oid FROM pg_database d WHERE d.datname = "
          "current_database())",
      {Property::kOwner, Property::kConnection, Property::kMembers, Property::kSlot,
       Property::kOptions, Property::kEnabled}};
}

// The acl is a default privilege's very substance.
CatalogQuery DefaultPrivileges() {
  return {
      "'default privileges', 826, d.oid, 0, coalesce(n.nspname, ''), '', format('FOR ROLE %I%s ON "
      "%s', "
      "pg_get_userbyid(d.defaclrole), ' IN SCHEMA ' || quote_ident(n.nspname), "
      "CASE d.defaclobjtype WHEN 'r' THEN 'TABLES' WHEN 'S' THEN 'SEQUENCES' WHEN 'f' THEN "
      "'FUNCTIONS' WHEN 'T' THEN 'TYPES' ELSE 'SCHEMAS' END), "
      "quote_ident(pg_get_userbyid(d.defaclrole)) "
      "FROM pg_default_acl d LEFT JOIN pg_namespace n ON n.oid = d.defaclnamespace",
      {Property::kRoles}};
}

}  // namespace

std::vector<CatalogQuery> OtherQueries(int server_version, bool secrets) {
  std::vector<CatalogQuery> queries = {Schemas(),
                                       Extensions(),
                                       Languages(),
                                       AccessMethods(),
                                       Wrappers(),
                                       Servers(),
                                       UserMappings(secrets),
                                       Collations(),
                                       Conversions(),
                                       Parsers(),
                                       Templates(),
                                       Dictionaries(),
                                       Configurations(),
                                       EventTriggers(),
                                       Publications(server_version),
                                       PublicationTables(server_version),
                                       Subscriptions(server_version, secrets),
                                       DefaultPrivileges()};
  if (server_version >= 150000) queries.push_back(PublicationSchemas());
  return queries;
}

std::string CommentQuery() {
  return "SELECT d.classoid::oid, d.objoid, d.objsubid, d.description FROM pg_description d "
         "WHERE d.objoid >= 16384 OR (d.classoid = 2615 AND d.objoid >= 2200)";
}

std::string AclQuery() {
  const auto part = [](const std::string& catalog, const std::string& columns,
                       const std::string& acl) {
    return "SELECT " + catalog + ", " + columns + ", " + acl;
  };
  return "SELECT a.class, a.oid, a.sub, coalesce((SELECT string_agg(concat_ws(E'\\t', CASE WHEN "
         "x.grantee = 0 THEN 'PUBLIC' ELSE quote_ident(pg_get_userbyid(x.grantee)) END, "
         "x.privilege_type, CASE WHEN x.is_grantable THEN '*' ELSE '' END, "
         "quote_ident(pg_get_userbyid(x.grantor))), E'\\x1f') FROM aclexplode(a.acl) x), '') FROM "
         "(" +
         part("1259", "oid, 0", "relacl FROM pg_class WHERE relkind <> 'i'") + " UNION ALL " +
         part("1259", "attrelid, attnum", "attacl FROM pg_attribute WHERE NOT attisdropped") +
         " UNION ALL " + part("1255", "oid, 0", "proacl FROM pg_proc") + " UNION ALL " +
         part("2615", "oid, 0", "nspacl FROM pg_namespace") + " UNION ALL " +
         part("1247", "oid, 0", "typacl FROM pg_type") + " UNION ALL " +
         part("2612", "oid, 0", "lanacl FROM pg_language") + " UNION ALL " +
         part("2328", "oid, 0", "fdwacl FROM pg_foreign_data_wrapper") + " UNION ALL " +
         part("1417", "oid, 0", "srvacl FROM pg_foreign_server") + " UNION ALL " +
         part("826", "oid, 0", "defaclacl FROM pg_default_acl") +
         ") a(class, oid, sub, acl) WHERE a.acl IS NOT NULL AND (a.oid >= 16384 OR a.class = 2615)";
}

// Rows and arrays of a type, toast tables and the triggers of foreign keys matter only as a way to
// what they belong to, and schemas are known by name.
std::string DependencyQuery() {
  return "SELECT d.classid, d.objid, d.objsubid, d.refclassid, d.refobjid, d.refobjsubid, "
         "d.deptype "
         "FROM pg_depend d WHERE d.objid >= 16384 AND (d.refobjid >= 16384 OR d.refclassid = 3079) "
         "AND d.refclassid <> 2615 AND NOT (d.classid = 2620 AND (d.deptype IN ('i', 'S') OR "
         "d.deptype = 'P' AND d.refclassid <> 2620)) "
         "AND NOT (d.classid = 1259 AND d.refclassid = 1259 AND d.deptype = 'i' AND d.refobjsubid "
         "= 0)";
}

std::string InUserSchema(const std::string& column) {
  return "JOIN pg_namespace n ON n.oid = " + column +
         " AND n.nspname !~ '^pg_' AND n.nspname <> 'information_schema' ";
}

std::string NotOfExtension(const std::string& catalog, const std::string& oid) {
  return "NOT EXISTS (SELECT FROM pg_depend xe WHERE xe.classid = " + catalog +
         " AND xe.objid = " + oid + " AND xe.deptype = 'e')";
}

std::string SortedList(const std::string& array) {
  return "CASE WHEN cardinality(" + array +
         ") > 0 THEN (SELECT string_agg(o, E'\\x1f' ORDER BY o "
         "COLLATE \"C\") FROM unnest(" +
         array + ") o) END";
}

}  // namespace schemaop
