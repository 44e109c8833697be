#include "postgres/catalog_queries.h"

namespace schemaop {

namespace {

// "NAME = value, " when `condition`, else NULL; for concat_ws.
std::string Item(const std::string& name, const std::string& value, const std::string& condition) {
  return "CASE WHEN " + condition + " THEN '" + name + " = ' || " + value + " END";
}

std::string FunctionItem(const std::string& name, const std::string& column) {
  return Item(name, column + "::oid::regproc::text", column + "::oid <> 0");
}

std::string RangeDefinition(int version) {
  const std::string multirange =
      version >= 140000 ? ", " + Item("MULTIRANGE_TYPE_NAME", "g.rngmultitypid::regtype::text",
                                      "g.rngmultitypid <> 0")
                        : "";
  return "(SELECT format('CREATE TYPE %I.%I AS RANGE (', n.nspname, t.typname) || concat_ws(', ', "
         "'SUBTYPE = ' || format_type(g.rngsubtype, NULL), " +
         Item("SUBTYPE_OPCLASS",
              "(SELECT format('%I.%I', cn.nspname, oc.opcname) FROM pg_namespace cn "
              "WHERE cn.oid = oc.opcnamespace)",
              "NOT oc.opcdefault") +
         ", " +
         Item("COLLATION", "g.rngcollation::regcollation::text",
              "g.rngcollation <> (SELECT st.typcollation FROM pg_type st WHERE st.oid = "
              "g.rngsubtype)") +
         ", " + FunctionItem("CANONICAL", "g.rngcanonical") + ", " +
         FunctionItem("SUBTYPE_DIFF", "g.rngsubdiff") + multirange +
         ") || ')' FROM pg_range g JOIN pg_opclass oc ON oc.oid = g.rngsubopc "
         "WHERE g.rngtypid = t.oid)";
}

std::string BaseTypeDefinition(int version) {
  const std::string subscript =
      version >= 140000 ? ", " + FunctionItem("SUBSCRIPT", "t.typsubscript") : "";
  return "format('CREATE TYPE %I.%I (', n.nspname, t.typname) || concat_ws(', ', " +
         FunctionItem("INPUT", "t.typinput") + ", " + FunctionItem("OUTPUT", "t.typoutput") + ", " +
         FunctionItem("RECEIVE", "t.typreceive") + ", " + FunctionItem("SEND", "t.typsend") + ", " +
         FunctionItem("TYPMOD_IN", "t.typmodin") + ", " +
         FunctionItem("TYPMOD_OUT", "t.typmodout") + ", " +
         FunctionItem("ANALYZE", "t.typanalyze") + subscript +
         ", 'INTERNALLENGTH = ' || CASE t.typlen WHEN -1 THEN 'VARIABLE' ELSE t.typlen::text END, "
         "CASE WHEN t.typbyval THEN 'PASSEDBYVALUE' END, 'ALIGNMENT = ' || CASE t.typalign "
         "WHEN 'c' THEN 'char' WHEN 's' THEN 'int2' WHEN 'i' THEN 'int4' ELSE 'double' END, "
         "'STORAGE = ' || CASE t.typstorage WHEN 'p' THEN 'plain' WHEN 'e' THEN 'external' "
         "WHEN 'x' THEN 'extended' ELSE 'main' END, " +
         Item("CATEGORY", "quote_literal(t.typcategory::text)", "t.typcategory <> 'U'") +
         ", CASE WHEN t.typispreferred THEN 'PREFERRED = true' END, " +
         Item("DEFAULT", "quote_literal(t.typdefault)", "t.typdefault IS NOT NULL") + ", " +
         Item("ELEMENT", "format_type(t.typelem, NULL)", "t.typelem <> 0") + ", " +
         Item("DELIMITER", "quote_literal(t.typdelim::text)", "t.typdelim <> ','") +
         ", CASE WHEN t.typcollation <> 0 THEN 'COLLATABLE = true' END) || ')'";
}

// Arrays, row types of relations and multiranges come with what they belong to.
CatalogQuery Types(int version) {
  return {
      "CASE t.typtype WHEN 'e' THEN 'enum' WHEN 'd' THEN 'domain' WHEN 'c' THEN "
      "'composite type' WHEN 'r' THEN 'range type' WHEN 'b' THEN 'base type' ELSE 'shell type' "
      "END, 1247, t.oid, 0, n.nspname, '', format('%I.%I', n.nspname, t.typname), "
      "quote_ident(pg_get_userbyid(t.typowner)), "
      "(SELECT string_agg(quote_literal(e.enumlabel), E'\\x1f' ORDER BY e.enumsortorder) "
      " FROM pg_enum e WHERE e.enumtypid = t.oid), "
      "CASE WHEN t.typtype = 'd' THEN format_type(t.typbasetype, t.typtypmod) END, "
      "nullif(t.typnotnull, false), "
      "CASE WHEN t.typtype = 'd' THEN coalesce(pg_get_expr(t.typdefaultbin, 0), "
      "quote_literal(t.typdefault)) END, "
      "CASE WHEN t.typtype = 'd' AND t.typcollation <> (SELECT bt.typcollation FROM pg_type bt "
      " WHERE bt.oid = t.typbasetype) THEN t.typcollation::regcollation END, "
      "CASE t.typtype WHEN 'r' THEN " +
          RangeDefinition(version) + " WHEN 'b' THEN " + BaseTypeDefinition(version) +
          " END FROM pg_type t " + InUserSchema("t.typnamespace") +
          "LEFT JOIN pg_class c ON c.oid = t.typrelid "
          "WHERE (t.typtype IN ('e', 'd', 'r') OR (t.typtype = 'c' AND c.relkind = 'c') "
          " OR (t.typtype = 'b' AND NOT EXISTS (SELECT FROM pg_type el WHERE el.typarray = t.oid)) "
          " OR (t.typtype = 'p' AND NOT t.typisdefined)) AND " +
          NotOfExtension("1247", "t.oid"),
      {Property::kOwner, Property::kLabels, Property::kBaseType, Property::kNotNull,
       Property::kDefaultText, Property::kCollation, Property::kDefinition}};
}

CatalogQuery Routines() {
  return {
      "CASE p.prokind WHEN 'p' THEN 'procedure' ELSE 'function' END, 1255, p.oid, 0, n.nspname, "
      "'', p.oid::regprocedure, quote_ident(pg_get_userbyid(p.proowner)), "
      "pg_get_functiondef(p.oid), concat_ws(' returns ', "
      "pg_get_function_identity_arguments(p.oid), "
      "pg_get_function_result(p.oid)) || CASE p.prokind WHEN 'w' THEN ' window' ELSE '' END, "
      "nullif(p.pronargdefaults, 0) "
      "FROM pg_proc p " +
          InUserSchema("p.pronamespace") +
          "WHERE p.prokind IN ('f', 'p', 'w') AND NOT EXISTS (SELECT FROM pg_depend d WHERE "
          "d.classid = 1255 AND d.objid = p.oid AND d.deptype IN ('i', 'e'))",
      {Property::kOwner, Property::kDefinition, Property::kSignature, Property::kDefaultText}};
}

std::string AggregateItems() {
  return "'SFUNC = ' || a.aggtransfn::regproc, 'STYPE = ' || format_type(a.aggtranstype, NULL), " +
         Item("SSPACE", "a.aggtransspace::text", "a.aggtransspace <> 0") + ", " +
         FunctionItem("FINALFUNC", "a.aggfinalfn") +
         ", CASE WHEN a.aggfinalextra THEN 'FINALFUNC_EXTRA' END, " +
         Item("FINALFUNC_MODIFY",
              "CASE a.aggfinalmodify WHEN 'r' THEN 'READ_ONLY' WHEN 's' THEN 'SHAREABLE' ELSE "
              "'READ_WRITE' END",
              "a.aggfinalmodify <> CASE a.aggkind WHEN 'n' THEN 'r' ELSE 'w' END::\"char\"") +
         ", " + FunctionItem("COMBINEFUNC", "a.aggcombinefn") + ", " +
         FunctionItem("SERIALFUNC", "a.aggserialfn") + ", " +
         FunctionItem("DESERIALFUNC", "a.aggdeserialfn") + ", " +
         Item("INITCOND", "quote_literal(a.agginitval)", "a.agginitval IS NOT NULL") + ", " +
         FunctionItem("MSFUNC", "a.aggmtransfn") + ", " +
         FunctionItem("MINVFUNC", "a.aggminvtransfn") + ", " +
         Item("MSTYPE", "format_type(a.aggmtranstype, NULL)", "a.aggmtranstype <> 0") + ", " +
         Item("MSSPACE", "a.aggmtransspace::text", "a.aggmtransspace <> 0") + ", " +
         FunctionItem("MFINALFUNC", "a.aggmfinalfn") +
         ", CASE WHEN a.aggmfinalextra THEN 'MFINALFUNC_EXTRA' END, " +
         Item("MFINALFUNC_MODIFY",
              "CASE a.aggmfinalmodify WHEN 'r' THEN 'READ_ONLY' WHEN 's' THEN 'SHAREABLE' ELSE "
              "'READ_WRITE' END",
              "a.aggmfinalmodify <> CASE a.aggkind WHEN 'n' THEN 'r' ELSE 'w' END::\"char\"") +
         ", " + Item("MINITCOND", "quote_literal(a.aggminitval)", "a.aggminitval IS NOT NULL") +
         ", " +
         Item("SORTOP",
              "(SELECT format('OPERATOR(%I.%s)', sn.nspname, so.oprname) FROM pg_operator so JOIN "
              "pg_namespace sn ON sn.oid = so.oprnamespace WHERE so.oid = a.aggsortop)",
              "a.aggsortop <> 0") +
         ", " +
         Item("PARALLEL", "CASE p.proparallel WHEN 's' THEN 'SAFE' ELSE 'RESTRICTED' END",
              "p.proparallel <> 'u'") +
         ", CASE WHEN a.aggkind = 'h' THEN 'HYPOTHETICAL' END";
}

CatalogQuery Aggregates() {
  const std::string name =
      "format('%I.%I(%s)', n.nspname, p.proname, "
      "coalesce(nullif(pg_get_function_identity_arguments(p.oid), ''), '*'))";
  return {"'aggregate', 1255, p.oid, 0, n.nspname, '', " + name +
              ", quote_ident(pg_get_userbyid(p.proowner)), 'CREATE AGGREGATE ' || " + name +
              " || E' (\\n  ' || concat_ws(E',\\n  ', " + AggregateItems() +
              ") || E'\\n)' FROM pg_aggregate a JOIN pg_proc p ON p.oid = a.aggfnoid " +
              InUserSchema("p.pronamespace") + "WHERE " + NotOfExtension("1255", "p.oid"),
          {Property::kOwner, Property::kDefinition}};
}

std::string OperatorReference(const std::string& oid) {
  return "(SELECT format('OPERATOR(%I.%s)', xn.nspname, xo.oprname) FROM pg_operator xo JOIN "
         "pg_namespace xn ON xn.oid = xo.oprnamespace WHERE xo.oid = " +
         oid + ")";
}

CatalogQuery Operators() {
  return {
      "'operator', 2617, o.oid, 0, n.nspname, '', o.oid::regoperator, "
      "quote_ident(pg_get_userbyid(o.oprowner)), format('CREATE OPERATOR %I.%s (', n.nspname, "
      "o.oprname) || concat_ws(', ', 'FUNCTION = ' || o.oprcode::regproc, " +
          Item("LEFTARG", "format_type(o.oprleft, NULL)", "o.oprleft <> 0") + ", " +
          Item("RIGHTARG", "format_type(o.oprright, NULL)", "o.oprright <> 0") + ", " +
          Item("COMMUTATOR", OperatorReference("o.oprcom"), "o.oprcom <> 0") + ", " +
          Item("NEGATOR", OperatorReference("o.oprnegate"), "o.oprnegate <> 0") +
          ", CASE WHEN o.oprcanmerge THEN 'MERGES' END, CASE WHEN o.oprcanhash THEN 'HASHES' "
          "END) || ')', nullif(o.oprrest::oid, 0)::regproc, nullif(o.oprjoin::oid, 0)::regproc "
          "FROM pg_operator o " +
          InUserSchema("o.oprnamespace") + "WHERE o.oprcode::oid <> 0 AND " +
          NotOfExtension("2617", "o.oid"),
      {Property::kOwner, Property::kDefinition, Property::kRestrict, Property::kJoin}};
}

// The operators and functions that `owner` (an operator class, or a family by itself) has.
std::string ClassMembers(const std::string& amop_filter, const std::string& amproc_filter) {
  return "(SELECT string_agg(m, E'\\x1f' ORDER BY m COLLATE \"C\") FROM ("
         "SELECT 'OPERATOR ' || ao.amopstrategy || ' ' || ao.amopopr::regoperator || coalesce("
         "(SELECT format(' FOR ORDER BY %I.%I', sn.nspname, sf.opfname) FROM pg_opfamily sf JOIN "
         "pg_namespace sn ON sn.oid = sf.opfnamespace WHERE sf.oid = ao.amopsortfamily), '') "
         "FROM pg_amop ao WHERE ao.amopfamily = f.oid AND " +
         amop_filter +
         " UNION ALL SELECT format('FUNCTION %s (%s, %s) ', ap.amprocnum, "
         "format_type(ap.amproclefttype, NULL), format_type(ap.amprocrighttype, NULL)) || "
         "ap.amproc::regprocedure FROM pg_amproc ap WHERE ap.amprocfamily = f.oid AND " +
         amproc_filter + ") z(m))";
}

std::string MemberOf(const std::string& catalog, const std::string& member,
                     const std::string& owner) {
  return "EXISTS (SELECT FROM pg_depend d WHERE d.classid = " + catalog +
         " AND d.objid = " + member + " AND d.refclassid = 2616 AND d.deptype = 'i'" + owner + ")";
}

CatalogQuery Families() {
  return {
      "'operator family', 2753, f.oid, 0, n.nspname, '', format('%I.%I USING %I', n.nspname, "
      "f.opfname, am.amname), quote_ident(pg_get_userbyid(f.opfowner)), " +
          ClassMembers("NOT " + MemberOf("2602", "ao.oid", ""),
                       "NOT " + MemberOf("2603", "ap.oid", "")) +
          " FROM pg_opfamily f JOIN pg_am am ON am.oid = f.opfmethod " +
          InUserSchema("f.opfnamespace") + "WHERE " + NotOfExtension("2753", "f.oid"),
      {Property::kOwner, Property::kMembers}};
}

CatalogQuery Classes() {
  const std::string of_class = " AND d.refobjid = c.oid";
  return {
      "'operator class', 2616, c.oid, 0, n.nspname, '', format('%I.%I USING %I', n.nspname, "
      "c.opcname, am.amname), quote_ident(pg_get_userbyid(c.opcowner)), "
      "format('CREATE OPERATOR CLASS %I.%I%s FOR TYPE %s USING %I FAMILY %I.%I AS ', n.nspname, "
      "c.opcname, "
      "CASE WHEN c.opcdefault THEN ' DEFAULT' END, format_type(c.opcintype, NULL), am.amname, "
      "fn.nspname, f.opfname), " +
          ClassMembers(MemberOf("2602", "ao.oid", of_class), MemberOf("2603", "ap.oid", of_class)) +
          ", format_type(nullif(c.opckeytype, 0), NULL), c.opcintype::regtype "
          "FROM pg_opclass c JOIN pg_am am ON am.oid = c.opcmethod "
          "JOIN pg_opfamily f ON f.oid = c.opcfamily "
          "JOIN pg_namespace fn ON fn.oid = f.opfnamespace " +
          InUserSchema("c.opcnamespace") + "WHERE " + NotOfExtension("2616", "c.oid"),
      {Property::kOwner, Property::kDefinition, Property::kMembers, Property::kStorage,
       Property::kType}};
}

CatalogQuery Casts() {
  const std::string name =
      "format('(%s AS %s)', format_type(c.castsource, NULL), format_type(c.casttarget, NULL))";
  return {
      "'cast', 2605, c.oid, 0, '', '', " + name + ", 'CREATE CAST ' || " + name +
          " || CASE c.castmethod WHEN 'i' THEN ' WITH INOUT' WHEN 'b' THEN ' WITHOUT FUNCTION' "
          "ELSE ' WITH FUNCTION ' || c.castfunc::regprocedure END || CASE c.castcontext WHEN 'a' "
          "THEN ' AS ASSIGNMENT' WHEN 'i' THEN ' AS IMPLICIT' ELSE '' END FROM pg_cast c "
          "WHERE c.oid >= 16384 AND NOT EXISTS (SELECT FROM pg_depend d WHERE d.classid = 2605 "
          "AND d.objid = c.oid AND d.deptype IN ('e', 'i'))",
      {Property::kDefinition}};
}

CatalogQuery Transforms() {
  const std::string name = "format('FOR %s LANGUAGE %I', format_type(t.trftype, NULL), l.lanname)";
  return {"'transform', 3576, t.oid, 0, '', '', " + name + ", 'CREATE TRANSFORM ' || " + name +
              " || ' (' || concat_ws(', ', CASE WHEN t.trffromsql::oid <> 0 THEN 'FROM SQL WITH "
              "FUNCTION ' || "
              "t.trffromsql::regprocedure END, CASE WHEN t.trftosql::oid <> 0 THEN "
              "'TO SQL WITH FUNCTION ' || t.trftosql::regprocedure END) || ')' "
              "FROM pg_transform t JOIN pg_language l ON l.oid = t.trflang WHERE " +
              NotOfExtension("3576", "t.oid"),
          {Property::kDefinition}};
}

}  // namespace

std::vector<CatalogQuery> TypeQueries(int server_version) {
  return {
      Types(server_version), Routines(), Aggregates(), Operators(), Families(), Classes(), Casts(),
      Transforms()};
}

}  // namespace schemaop
