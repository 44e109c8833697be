#include "postgres/catalog_queries.h"

namespace schemaop {

namespace {

// Version 14 brought compression, 17 made the default of a statistics target NULL.
CatalogQuery Relations() {
  return {
      "CASE r.relkind WHEN 'f' THEN 'foreign table' WHEN 'v' THEN 'view' "
      "WHEN 'm' THEN 'materialized view' ELSE 'table' END, 1259, r.oid, 0, n.nspname, '', "
      "format('%I.%I', n.nspname, r.relname), quote_ident(pg_get_userbyid(r.relowner)), "
      "nullif(r.relpersistence, 'p'), nullif(am.amname, 'heap'), quote_ident(ts.spcname), " +
          SortedList("r.reloptions") + ", " + SortedList("tr.reloptions") +
          ", nullif(r.relrowsecurity, false), nullif(r.relforcerowsecurity, false), "
          "CASE WHEN r.relkind IN ('r', 'p') THEN nullif(r.relreplident, 'd') END, "
          "CASE WHEN r.reloftype <> 0 THEN format_type(r.reloftype, NULL) END, "
          "(SELECT string_agg(i.inhparent::regclass::text, E'\\x1f' ORDER BY i.inhseqno) "
          " FROM pg_inherits i WHERE i.inhrelid = r.oid), "
          "CASE WHEN r.relkind = 'p' THEN pg_get_partkeydef(r.oid) END, "
          "pg_get_expr(r.relpartbound, r.oid), quote_ident(fs.srvname), " +
          SortedList("ft.ftoptions") +
          ", CASE WHEN r.relkind IN ('v', 'm') THEN pg_get_viewdef(r.oid) END "
          "FROM pg_class r " +
          InUserSchema("r.relnamespace") +
          "LEFT JOIN pg_am am ON am.oid = r.relam "
          "LEFT JOIN pg_tablespace ts ON ts.oid = r.reltablespace "
          "LEFT JOIN pg_class tr ON tr.oid = r.reltoastrelid AND tr.reloptions IS NOT NULL "
          "LEFT JOIN pg_foreign_table ft ON ft.ftrelid = r.oid "
          "LEFT JOIN pg_foreign_server fs ON fs.oid = ft.ftserver "
          "WHERE r.relkind IN ('r', 'p', 'f', 'v', 'm') AND r.relpersistence <> 't' AND " +
          NotOfExtension("1259", "r.oid"),
      {Property::kOwner, Property::kPersistence, Property::kAccessMethod, Property::kTablespace,
       Property::kOptions, Property::kToastOptions, Property::kRowSecurity,
       Property::kForceRowSecurity, Property::kReplicaIdentity, Property::kOfType,
       Property::kParents, Property::kPartitionKey, Property::kBound, Property::kServer,
       Property::kForeignOptions, Property::kDefinition}};
}

CatalogQuery Columns(int version) {
  const std::string compression = version >= 140000 ? "nullif(a.attcompression, '')" : "NULL";
  return {
      "'column', 1259, a.attrelid, a.attnum, n.nspname, format('%I.%I', n.nspname, r.relname), "
      "quote_ident(a.attname), format_type(a.atttypid, a.atttypmod), "
      "CASE WHEN a.attcollation <> t.typcollation THEN a.attcollation::regcollation END, "
      "nullif(a.attnotnull, false), nullif(a.attidentity, ''), "
      "CASE WHEN a.attidentity <> '' THEN "
      " (SELECT format('%I.%I', sn.nspname, s.relname) FROM pg_depend sd JOIN pg_class s ON "
      "s.oid = sd.objid JOIN pg_namespace sn ON sn.oid = s.relnamespace WHERE sd.classid = 1259 "
      "AND sd.refclassid = 1259 AND sd.refobjid = a.attrelid AND sd.refobjsubid = a.attnum AND "
      "sd.deptype = 'i' AND s.relkind = 'S') END, "
      "CASE WHEN a.attgenerated <> '' THEN pg_get_expr(ad.adbin, ad.adrelid) END, "
      "CASE WHEN a.attstorage <> t.typstorage THEN a.attstorage END, " +
          compression + ", nullif(a.attstattarget, -1), " +
          "CASE WHEN a.attoptions IS NOT NULL THEN (SELECT string_agg(o, E'\\x1f' ORDER BY o "
          "COLLATE "
          "\"C\") FROM unnest(a.attoptions) o WHERE o NOT LIKE 'pg\\_attver=%') END" +
          ", " + SortedList("a.attfdwoptions") +
          ", CASE WHEN NOT a.attislocal THEN true END, "
          "CASE WHEN r.relkind IN ('v', 'm') THEN 'view' END "
          "FROM pg_attribute a JOIN pg_class r ON r.oid = a.attrelid " +
          InUserSchema("r.relnamespace") +
          "JOIN pg_type t ON t.oid = a.atttypid "
          "LEFT JOIN pg_attrdef ad ON ad.adrelid = a.attrelid AND ad.adnum = a.attnum "
          " AND a.attgenerated <> '' "
          "WHERE r.relkind IN ('r', 'p', 'f', 'c', 'v', 'm') AND r.relpersistence <> 't' "
          "AND a.attnum > 0 AND NOT a.attisdropped AND " +
          NotOfExtension("1259", "r.oid") + " AND " + NotOfExtension("1247", "r.reltype") +
          " ORDER BY a.attrelid, a.attnum",
      {Property::kType, Property::kCollation, Property::kNotNull, Property::kIdentity,
       Property::kSequenceName, Property::kGenerated, Property::kStorage, Property::kCompression,
       Property::kStatistics, Property::kOptions, Property::kForeignOptions, Property::kInherited,
       Property::kOfView}};
}

CatalogQuery Defaults() {
  return {
      "'default', 2604, d.oid, 0, n.nspname, format('%I.%I', n.nspname, r.relname), "
      "quote_ident(a.attname), pg_get_expr(d.adbin, d.adrelid) "
      "FROM pg_attrdef d JOIN pg_class r ON r.oid = d.adrelid " +
          InUserSchema("r.relnamespace") +
          "JOIN pg_attribute a ON a.attrelid = d.adrelid AND a.attnum = d.adnum "
          "WHERE a.attgenerated = '' AND NOT a.attisdropped AND r.relpersistence <> 't' AND " +
          NotOfExtension("1259", "r.oid"),
      {Property::kDefinition}};
}

// Foreign keys that partitions have from their parent are the parent's.
CatalogQuery Constraints() {
  return {
      "'constraint', 2606, k.oid, 0, n.nspname, "
      "CASE WHEN r.oid IS NULL THEN format('%I.%I', n.nspname, ty.typname) "
      " ELSE format('%I.%I', n.nspname, r.relname) END, "
      "quote_ident(k.conname), k.contype, "
      "regexp_replace(pg_get_constraintdef(k.oid), ' NOT VALID$', ''), "
      "CASE WHEN NOT k.convalidated THEN true END, "
      "CASE WHEN NOT k.conislocal THEN true END, "
      "CASE WHEN k.contype IN ('p', 'u', 'x') THEN k.conindid::regclass END, "
      "CASE WHEN k.conparentid <> 0 THEN "
      " (SELECT quote_ident(p.conname) FROM pg_constraint p WHERE p.oid = k.conparentid) END, "
      "CASE WHEN k.confrelid <> 0 THEN k.confrelid::regclass END, "
      "CASE WHEN k.contype IN ('p', 'u', 'c', 'n') THEN (SELECT string_agg(quote_ident(a.attname), "
      "E'\\x1f' "
      " ORDER BY o) FROM unnest(k.conkey) WITH ORDINALITY u(num, o) JOIN pg_attribute a "
      " ON a.attrelid = k.conrelid AND a.attnum = u.num) END, "
      "CASE WHEN ty.oid IS NOT NULL THEN true END "
      "FROM pg_constraint k LEFT JOIN pg_class r ON r.oid = k.conrelid "
      "LEFT JOIN pg_type ty ON ty.oid = k.contypid " +
          InUserSchema("coalesce(r.relnamespace, ty.typnamespace)") +
          "WHERE k.contype <> 't' AND (k.contype <> 'f' OR k.conparentid = 0) "
          "AND coalesce(r.relpersistence, 'p') <> 't' AND " +
          NotOfExtension("1259", "k.conrelid") + " AND " + NotOfExtension("1247", "k.contypid"),
      {Property::kConstraintType, Property::kDefinition, Property::kNotValid, Property::kInherited,
       Property::kIndex, Property::kParentIndex, Property::kReferences, Property::kKeyColumns,
       Property::kOfDomain}};
}

// How pg_get_indexdef writes storage parameters, which are a property of their own.
constexpr const char* kIndexOptionsText =
    "coalesce(' WITH (' || (SELECT string_agg(quote_ident(o.option_name) || '=' || "
    "CASE WHEN quote_ident(o.option_value) = o.option_value THEN o.option_value "
    "ELSE quote_literal(o.option_value) END, ', ') FROM pg_options_to_table(ic.reloptions) o) || "
    "')', '')";

CatalogQuery Indexes() {
  const std::string plain =
      "replace(pg_get_indexdef(i.indexrelid), " + std::string(kIndexOptionsText) + ", '')";
  return {
      "'index', 1259, ic.oid, 0, n.nspname, '', format('%I.%I', n.nspname, ic.relname), "
      "format('%I.%I', n.nspname, r.relname), CASE WHEN ic.reloptions IS NULL THEN "
      "pg_get_indexdef(i.indexrelid) ELSE " +
          plain +
          " END, "
          "CASE WHEN NOT i.indisvalid THEN true END, nullif(i.indisclustered, false), "
          "nullif(i.indisreplident, false), nullif(i.indisunique, false), "
          "quote_ident(ts.spcname), " +
          SortedList("ic.reloptions") +
          ", CASE WHEN i.indexprs IS NOT NULL THEN "
          " (SELECT string_agg(x.attnum || ':' || x.attstattarget, E'\\x1f' ORDER BY x.attnum) "
          " FROM pg_attribute x WHERE x.attrelid = ic.oid AND x.attstattarget >= 0) END, "
          "CASE WHEN ic.relispartition THEN (SELECT h.inhparent::regclass::text "
          " FROM pg_inherits h WHERE h.inhrelid = ic.oid) END, "
          "CASE WHEN i.indisunique OR i.indisexclusion THEN "
          " (SELECT quote_ident(k.conname) FROM pg_constraint k WHERE k.conindid = ic.oid "
          " AND k.contype IN ('p', 'u', 'x') AND k.conrelid = i.indrelid) END "
          "FROM pg_index i JOIN pg_class ic ON ic.oid = i.indexrelid "
          "JOIN pg_class r ON r.oid = i.indrelid " +
          InUserSchema("r.relnamespace") +
          "LEFT JOIN pg_tablespace ts ON ts.oid = ic.reltablespace "
          "WHERE r.relkind IN ('r', 'p', 'm') AND r.relpersistence <> 't' AND " +
          NotOfExtension("1259", "r.oid") + " AND " + NotOfExtension("1259", "ic.oid"),
      {Property::kTable, Property::kDefinition, Property::kNotValid, Property::kClustered,
       Property::kReplicaIndex, Property::kUnique, Property::kTablespace, Property::kOptions,
       Property::kStatistics, Property::kParentIndex, Property::kOfConstraint}};
}

CatalogQuery Sequences() {
  return {
      "'sequence', 1259, r.oid, 0, n.nspname, '', format('%I.%I', n.nspname, r.relname), "
      "quote_ident(pg_get_userbyid(r.relowner)), nullif(r.relpersistence, 'p'), "
      "format_type(s.seqtypid, NULL), s.seqstart, s.seqincrement, s.seqmin, s.seqmax, "
      "s.seqcache, nullif(s.seqcycle, false), "
      "ow.refobjid::regclass::text || '.' || quote_ident(oa.attname), "
      "CASE WHEN ow.deptype = 'i' THEN true END "
      "FROM pg_sequence s JOIN pg_class r ON r.oid = s.seqrelid " +
          InUserSchema("r.relnamespace") +
          "LEFT JOIN pg_depend ow ON ow.classid = 1259 AND ow.objid = r.oid AND ow.objsubid = 0 "
          " AND ow.refclassid = 1259 AND ow.refobjsubid > 0 AND ow.deptype IN ('a', 'i') "
          "LEFT JOIN pg_attribute oa ON oa.attrelid = ow.refobjid AND oa.attnum = "
          "ow.refobjsubid WHERE r.relpersistence <> 't' AND " +
          NotOfExtension("1259", "r.oid"),
      {Property::kOwner, Property::kPersistence, Property::kDataType, Property::kStart,
       Property::kIncrement, Property::kMinimum, Property::kMaximum, Property::kCache,
       Property::kCycle, Property::kOwnedBy, Property::kIdentity}};
}

// The copies that partitions have of a row trigger are the parent's; what one may have of its own
// is that it is enabled or not.
CatalogQuery Triggers(int version) {
  const bool copies = version >= 130000;
  const std::string own =
      copies ? " AND (t.tgparentid = 0 OR t.tgenabled <> (SELECT p.tgenabled FROM pg_trigger p "
               "WHERE p.oid = t.tgparentid))"
             : "";
  const std::string properties =
      copies ? "CASE WHEN t.tgparentid = 0 THEN pg_get_triggerdef(t.oid) END, CASE WHEN "
               "t.tgparentid <> 0 OR t.tgenabled <> 'O' THEN t.tgenabled END, CASE WHEN "
               "t.tgparentid <> 0 THEN true END "
             : "pg_get_triggerdef(t.oid), nullif(t.tgenabled, 'O'), NULL ";
  return {
      "'trigger', 2620, t.oid, 0, n.nspname, format('%I.%I', n.nspname, r.relname), "
      "quote_ident(t.tgname), " +
          properties + "FROM pg_trigger t JOIN pg_class r ON r.oid = t.tgrelid " +
          InUserSchema("r.relnamespace") + "WHERE NOT t.tgisinternal" + own +
          " AND r.relpersistence <> 't' AND " + NotOfExtension("2620", "t.oid") + " AND " +
          NotOfExtension("1259", "r.oid"),
      {Property::kDefinition, Property::kEnabled, Property::kInherited}};
}

CatalogQuery Rules() {
  return {
      "'rule', 2618, w.oid, 0, n.nspname, format('%I.%I', n.nspname, r.relname), "
      "quote_ident(w.rulename), pg_get_ruledef(w.oid), nullif(w.ev_enabled, 'O') "
      "FROM pg_rewrite w JOIN pg_class r ON r.oid = w.ev_class " +
          InUserSchema("r.relnamespace") +
          "WHERE w.rulename <> '_RETURN' AND r.relpersistence <> 't' AND " +
          NotOfExtension("1259", "r.oid"),
      {Property::kDefinition, Property::kEnabled}};
}

CatalogQuery Policies() {
  return {
      "'policy', 3256, p.oid, 0, n.nspname, format('%I.%I', n.nspname, r.relname), "
      "quote_ident(p.polname), p.polcmd, nullif(p.polpermissive, false), "
      "(SELECT string_agg(role, ', ' ORDER BY role COLLATE \"C\") FROM (SELECT CASE WHEN x = 0 "
      "THEN "
      " 'PUBLIC' ELSE quote_ident(pg_get_userbyid(x)) END FROM unnest(p.polroles) x) y(role)), "
      "pg_get_expr(p.polqual, p.polrelid), pg_get_expr(p.polwithcheck, p.polrelid) "
      "FROM pg_policy p JOIN pg_class r ON r.oid = p.polrelid " +
          InUserSchema("r.relnamespace") + "WHERE " + NotOfExtension("1259", "r.oid"),
      {Property::kCommand, Property::kPermissive, Property::kRoles, Property::kUsing,
       Property::kCheck}};
}

CatalogQuery Statistics(int version) {
  const std::string target = version >= 130000 ? "nullif(s.stxstattarget, -1)" : "NULL";
  return {
      "'statistics', 3381, s.oid, 0, n.nspname, '', format('%I.%I', n.nspname, s.stxname), "
      "s.stxrelid::regclass, quote_ident(pg_get_userbyid(s.stxowner)), "
      "pg_get_statisticsobjdef(s.oid), " +
          target + " FROM pg_statistic_ext s " + InUserSchema("s.stxnamespace") + "WHERE " +
          NotOfExtension("1259", "s.stxrelid"),
      {Property::kTable, Property::kOwner, Property::kDefinition, Property::kStatistics}};
}

}  // namespace

std::vector<CatalogQuery> RelationQueries(int server_version) {
  return {
      Relations(), Columns(server_version),  Defaults(), Constraints(), Indexes(),
      Sequences(), Triggers(server_version), Rules(),    Policies(),    Statistics(server_version)};
}

}  // namespace schemaop
