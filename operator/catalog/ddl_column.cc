// Columns.
#include <algorithm>
#include <array>
#include <string>
#include <utility>

#include "base/text.h"
#include "catalog/ddl.h"
#include "catalog/type_loss.h"
#include "catalog/work.h"

namespace schemaop {

namespace {

// The options of an identity's sequence that are not what GENERATED AS IDENTITY gives by itself.
std::string IdentityOptions(const DdlContext& context, const CatalogObject& column) {
  const std::string& name = column.Get(Property::kSequenceName);
  const CatalogObject* sequence = context.to.Find({ObjectKind::kSequence, "", name});
  if (!sequence) return "";
  std::vector<std::string> options;
  const auto add = [&](const char* words, Property property, const std::string& usual) {
    if (sequence->Get(property) != usual) options.push_back(words + sequence->Get(property));
  };
  const bool down = sequence->Get(Property::kIncrement).starts_with('-');
  const std::string& type = sequence->Get(Property::kDataType);
  const std::string top = type == "smallint"  ? "32767"
                          : type == "integer" ? "2147483647"
                                              : "9223372036854775807";
  const std::string bottom = type == "smallint"  ? "-32768"
                             : type == "integer" ? "-2147483648"
                                                 : "-9223372036854775808";
  options.push_back("SEQUENCE NAME " + name);
  add("START WITH ", Property::kStart,
      down ? sequence->Get(Property::kMaximum) : sequence->Get(Property::kMinimum));
  add("INCREMENT BY ", Property::kIncrement, "1");
  add("MINVALUE ", Property::kMinimum, down ? bottom : "1");
  add("MAXVALUE ", Property::kMaximum, down ? "-1" : top);
  add("CACHE ", Property::kCache, "1");
  if (sequence->Has(Property::kCycle)) options.emplace_back("CYCLE");
  // The name that the server chooses needs no mention.
  const std::string usual = column.id.container + "_" + column.id.name + "_seq";
  const bool plain = usual == name && usual.find('"') == std::string::npos && usual.size() < 60;
  if (plain) options.erase(options.begin());
  return options.empty() ? "" : " (" + Join(options, " ") + ")";
}

std::string IdentityClause(const DdlContext& context, const CatalogObject& column) {
  const std::string& identity = column.Get(Property::kIdentity);
  if (identity.empty()) return "";
  return std::string(" GENERATED ") + (identity == "a" ? "ALWAYS" : "BY DEFAULT") + " AS IDENTITY" +
         IdentityOptions(context, column);
}

// The server writes an expression of operators in parentheses, a call without.
std::string InParentheses(const std::string& expression) {
  int depth = 0;
  bool whole = expression.starts_with('(');
  for (std::size_t i = 0; i < expression.size() && whole; ++i) {
    if (expression[i] == '\'' || expression[i] == '"') return "(" + expression + ")";
    if (expression[i] == '(') ++depth;
    if (expression[i] == ')') --depth;
    if (depth == 0 && i + 1 < expression.size()) whole = false;
  }
  return whole ? expression : "(" + expression + ")";
}

std::string StorageWord(const std::string& storage) {
  if (storage == "p") return "PLAIN";
  if (storage == "e") return "EXTERNAL";
  if (storage == "m") return "MAIN";
  return "EXTENDED";
}

// What a type stores by when nothing was said; only needed to go back to it.
std::string UsualStorage(const std::string& type) {
  static constexpr std::array<std::string_view, 15> kPlain = {"integer",
                                                              "bigint",
                                                              "smallint",
                                                              "boolean",
                                                              "real",
                                                              "double precision",
                                                              "date",
                                                              "timestamp without time zone",
                                                              "timestamp with time zone",
                                                              "uuid",
                                                              "oid",
                                                              "name",
                                                              "time without time zone",
                                                              "interval",
                                                              "money"};
  if (std::find(kPlain.begin(), kPlain.end(), type) != kPlain.end()) return "PLAIN";
  return type.starts_with("numeric") || type == "inet" || type == "cidr" ? "MAIN" : "EXTENDED";
}

// Types between which assignment casts exist, so that ALTER COLUMN TYPE finds its way alone; 0 for
// those that stand alone.
enum CastFamily { kAlone, kNumbers, kTexts, kDates, kJson, kAddresses, kBits, kOids };

CastFamily FamilyOf(const std::string& type) {
  const auto is = [&](std::initializer_list<std::string_view> names) {
    return std::any_of(names.begin(), names.end(), [&](std::string_view name) {
      return type == name || type.starts_with(std::string(name) + "(");
    });
  };
  if (type.ends_with("[]")) return kAlone;
  if (is({"smallint", "integer", "bigint", "numeric", "real", "double precision"})) return kNumbers;
  if (is({"text", "character varying", "character", "name"})) return kTexts;
  if (type.starts_with("timestamp") || type == "date") return kDates;
  if (is({"json", "jsonb"})) return kJson;
  if (is({"inet", "cidr"})) return kAddresses;
  if (is({"bit", "bit varying"})) return kBits;
  if (type == "oid" || (type.starts_with("reg") && type.find('.') == std::string::npos)) {
    return kOids;
  }
  return kAlone;
}

bool IsUserType(const std::string& type) { return type.find('.') != std::string::npos; }

bool NeedsUsing(const std::string& from, const std::string& to) {
  // Anything is text by assignment, but where somebody made another cast.
  if (FamilyOf(to) == kTexts) return IsUserType(from);
  const std::size_t modifier = to.find('(');
  if (modifier != std::string::npos && from.substr(0, from.find('(')) == to.substr(0, modifier))
    return false;
  return FamilyOf(to) == kAlone ? from != to : FamilyOf(to) != FamilyOf(from);
}

// Whether the server has a cast from one to the other; any type can be had from its text.
bool HasCast(const std::string& from, const std::string& to) {
  if (from == to) return true;
  if (from.ends_with("[]") && to.ends_with("[]")) {
    return HasCast(from.substr(0, from.size() - 2), to.substr(0, to.size() - 2));
  }
  const CastFamily source = FamilyOf(from);
  const CastFamily target = FamilyOf(to);
  if (source == kTexts || target == kTexts) return true;
  if (source == target && source != kAlone) return true;
  const auto pair = [&](std::string_view one, std::string_view other) {
    return (from == one && to == other) || (from == other && to == one);
  };
  const bool times = from.starts_with("time ") && (to.starts_with("time ") || to == "interval");
  const bool numbers = (source == kNumbers && (target == kOids || to == "money")) ||
                       (target == kNumbers && source == kOids);
  return times || numbers || pair("integer", "boolean") || pair("money", "numeric") ||
         (from.starts_with("timestamp") && to.starts_with("time ")) ||
         (target == kJson && from.ends_with("hstore"));
}

DdlStatement TypeStatement(const std::string& alter, const CatalogObject& from,
                           const CatalogObject& to, bool same_name) {
  const std::string& before = from.Get(Property::kType);
  const std::string& after = to.Get(Property::kType);
  std::string sql = alter + " TYPE " + after;
  if (to.Has(Property::kCollation)) sql += " COLLATE " + to.Get(Property::kCollation);
  DdlStatement statement = MakeStatement(to, sql);
  const bool is_cast = same_name || NeedsUsing(before, after);
  if (!same_name && LosesParts(before, after, is_cast ? Conversion::kCast : Conversion::kAssigned))
    statement.destroys = "rounds or cuts values of " + Text(to.id) + ", " + before + " to " + after;
  if (!is_cast) return statement;
  const bool through_text = same_name || !HasCast(before, after);
  statement.sql += " USING " + to.id.name + (through_text ? "::text::" : "::") + after;
  statement.note = "rows are converted by " + to.id.name + (through_text ? "::text::" : "::") +
                   after + ": look whether that is meant, and whether every row allows it";
  return statement;
}

// An identity's sequence is its column's, whatever it is called.
void AddSequenceRename(const DdlContext& context, const CatalogObject& from,
                       const CatalogObject& to, Statements& statements) {
  const std::string& old_name = from.Get(Property::kSequenceName);
  const std::string& new_name = to.Get(Property::kSequenceName);
  const CatalogObject* before = context.from.Find({ObjectKind::kSequence, "", old_name});
  const CatalogObject* after = context.to.Find({ObjectKind::kSequence, "", new_name});
  if (old_name == new_name || !before || !after) return;
  statements.push_back(
      MakeStatement(to, "ALTER SEQUENCE " + old_name + " RENAME TO " + BareName(new_name)));
  Append(statements, AlterSequence(context, *before, *after));
}

void AddIdentityChange(const DdlContext& context, const std::string& alter,
                       const CatalogObject& from, const CatalogObject& to, Statements& statements) {
  const std::string& before = from.Get(Property::kIdentity);
  const std::string& after = to.Get(Property::kIdentity);
  if (!before.empty() && !after.empty()) AddSequenceRename(context, from, to, statements);
  if (before == after) return;
  if (after.empty()) {
    statements.push_back(MakeStatement(to, alter + " DROP IDENTITY"));
  } else if (before.empty()) {
    statements.push_back(MakeStatement(to, alter + " ADD" + IdentityClause(context, to)));
    Append(statements, ContinueSequence(context, to.Get(Property::kSequenceName), to));
  } else {
    statements.push_back(
        MakeStatement(to, alter + " SET GENERATED " + (after == "a" ? "ALWAYS" : "BY DEFAULT")));
  }
}

// A validated check lets SET NOT NULL do without its scan (PostgreSQL 12).
void AddNotNull(const DdlContext& context, const std::string& table, const CatalogObject& to,
                Statements& statements) {
  const std::string set = table + " ALTER COLUMN " + to.id.name + " SET NOT NULL";
  if (!context.options.validate_later) {
    DdlStatement statement = MakeStatement(to, set);
    statement.note = "fails while there are rows in which " + to.id.name + " is null";
    statements.push_back(std::move(statement));
    return;
  }
  // The position tells columns apart whose names are cut, and the check from a person's own.
  const std::string name = WithSuffix(to.id.name, "_" + to.Get(Property::kPosition) + "_not_null");
  const auto part = [&](Validation validation, const std::string& sql) {
    statements.push_back(MakeStatement(to, sql));
    statements.back().validation = validation;
  };
  part(Validation::kAdds,
       table + " ADD CONSTRAINT " + name + " CHECK (" + to.id.name + " IS NOT NULL) NOT VALID");
  part(Validation::kValidates, table + " VALIDATE CONSTRAINT " + name);
  statements.back().note = "fails while there are rows in which " + to.id.name + " is null";
  part(Validation::kRelies, set);
  part(Validation::kRelies, table + " DROP CONSTRAINT " + name);
}

}  // namespace

std::string ColumnClause(const DdlContext& context, const CatalogObject& column,
                         const CatalogObject* default_value) {
  std::string sql = column.id.name + " " + column.Get(Property::kType);
  if (column.Has(Property::kForeignOptions))
    sql += " OPTIONS (" + ForeignOptionList(column.Get(Property::kForeignOptions)) + ")";
  if (column.Has(Property::kCollation)) sql += " COLLATE " + column.Get(Property::kCollation);
  if (column.Has(Property::kGenerated))
    sql += " GENERATED ALWAYS AS " + InParentheses(column.Get(Property::kGenerated)) + " STORED";
  if (default_value) sql += " DEFAULT " + default_value->Get(Property::kDefinition);
  sql += IdentityClause(context, column);
  if (column.Has(Property::kNotNull) && !column.Has(Property::kIdentity)) sql += " NOT NULL";
  return sql;
}

Statements CreateColumn(const DdlContext& context, const CatalogObject& column,
                        const Parts& folded) {
  const bool attribute = context.to.Find({ObjectKind::kComposite, "", column.id.container});
  const auto own = std::find_if(folded.begin(), folded.end(), [&](const CatalogObject* part) {
    return IsDefaultOf(*part, column);
  });
  const CatalogObject* value = own == folded.end() ? nullptr : *own;
  Statements statements = {
      MakeStatement(column, AlterContainer(context.to, column.id) +
                                (attribute ? " ADD ATTRIBUTE " : " ADD COLUMN ") +
                                ColumnClause(context, column, value))};
  const bool has_value =
      value || column.Has(Property::kIdentity) || column.Has(Property::kGenerated);
  if (column.Has(Property::kNotNull) && !has_value) {
    statements.back().note = "fails while there are rows: " + column.id.name +
                             " may not be null and has no default to give them";
  }
  Append(statements, ColumnSettings(context, nullptr, column));
  return statements;
}

bool IsDefaultOf(const CatalogObject& object, const CatalogObject& column) {
  return object.id.kind == ObjectKind::kDefault && object.id.container == column.id.container &&
         object.id.name == column.id.name;
}

Statements ColumnSettings(const DdlContext& context, const CatalogObject* from,
                          const CatalogObject& to) {
  static const CatalogObject kNothing;
  const CatalogObject& old = from ? *from : kNothing;
  const std::string table = AlterContainer(context.to, to.id);
  // These do recurse to children, whose own settings are theirs to compare.
  const std::string alter = table + " ALTER COLUMN " + to.id.name;
  Statements statements;
  if (old.Get(Property::kStorage) != to.Get(Property::kStorage))
    statements.push_back(MakeStatement(
        to, alter + " SET STORAGE " +
                (to.Has(Property::kStorage) ? StorageWord(to.Get(Property::kStorage))
                                            : UsualStorage(to.Get(Property::kType)))));
  if (old.Get(Property::kCompression) != to.Get(Property::kCompression)) {
    const std::string& method = to.Get(Property::kCompression);
    statements.push_back(MakeStatement(to, alter + " SET COMPRESSION " +
                                               (method == "p"   ? "pglz"
                                                : method == "l" ? "lz4"
                                                                : "DEFAULT")));
  }
  if (old.Get(Property::kStatistics) != to.Get(Property::kStatistics))
    statements.push_back(MakeStatement(
        to, alter + " SET STATISTICS " +
                (to.Has(Property::kStatistics) ? to.Get(Property::kStatistics) : "-1")));
  const OptionChanges options =
      CompareOptions(old.Get(Property::kOptions), to.Get(Property::kOptions));
  if (!options.set.empty())
    statements.push_back(MakeStatement(to, alter + " SET (" + Join(options.set, ", ") + ")"));
  if (!options.reset.empty())
    statements.push_back(MakeStatement(to, alter + " RESET (" + Join(options.reset, ", ") + ")"));
  if (from && old.Get(Property::kForeignOptions) != to.Get(Property::kForeignOptions))
    statements.push_back(
        MakeStatement(to, alter + " OPTIONS (" +
                              ForeignOptionChanges(old.Get(Property::kForeignOptions),
                                                   to.Get(Property::kForeignOptions)) +
                              ")"));
  return statements;
}

Statements AlterColumn(const DdlContext& context, const CatalogObject& from,
                       const CatalogObject& to) {
  const std::string table = AlterContainer(context.to, to.id);
  const bool attribute = context.to.Find({ObjectKind::kComposite, "", to.id.container});
  const std::string alter =
      table + (attribute ? " ALTER ATTRIBUTE " : " ALTER COLUMN ") + to.id.name;
  Statements statements;
  const bool drops_expression = from.Has(Property::kGenerated) && !to.Has(Property::kGenerated);
  if (drops_expression) statements.push_back(MakeStatement(to, alter + " DROP EXPRESSION"));
  if (from.Get(Property::kType) != to.Get(Property::kType) ||
      from.Get(Property::kCollation) != to.Get(Property::kCollation)) {
    DdlStatement statement = TypeStatement(alter, from, to, false);
    if (attribute) {
      statement.sql = statement.sql.substr(0, statement.sql.find(" USING "));
      statement.note.clear();
      statement.destroys.reset();  // no column is of that type
    }
    statements.push_back(std::move(statement));
  }
  if (from.Has(Property::kNotNull) && !to.Has(Property::kNotNull)) {
    // An identity column is NOT NULL for as long as it is one.
    if (from.Has(Property::kIdentity)) AddIdentityChange(context, alter, from, to, statements);
    statements.push_back(MakeStatement(to, alter + " DROP NOT NULL"));
    if (from.Has(Property::kIdentity)) {
      Append(statements, ColumnSettings(context, &from, to));
      return statements;
    }
  }
  if (!from.Has(Property::kNotNull) && to.Has(Property::kNotNull))
    AddNotNull(context, table, to, statements);
  AddIdentityChange(context, alter, from, to, statements);
  Append(statements, ColumnSettings(context, &from, to));
  return statements;
}

Statements ConvertColumn(const DdlContext& context, const CatalogObject& column) {
  const std::string alter =
      AlterContainer(context.to, column.id) + " ALTER COLUMN " + column.id.name;
  return {TypeStatement(alter, column, column, true)};
}

}  // namespace schemaop
