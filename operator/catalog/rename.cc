#include "catalog/rename.h"

#include <algorithm>
#include <cctype>

#include "base/text.h"

namespace schemaop {
namespace {

bool IsPartKind(ObjectKind kind) {
  return kind == ObjectKind::kColumn || kind == ObjectKind::kConstraint ||
         kind == ObjectKind::kTrigger || kind == ObjectKind::kRule || kind == ObjectKind::kPolicy;
}

// The word of ALTER for a kind of its own; nothing for those that cannot be renamed.
std::string_view AlterWord(ObjectKind kind) {
  switch (kind) {
    case ObjectKind::kEnum:
    case ObjectKind::kComposite:
    case ObjectKind::kRange:
    case ObjectKind::kBaseType:
      return "TYPE";
    case ObjectKind::kDomain:
      return "DOMAIN";
    case ObjectKind::kTable:
      return "TABLE";
    case ObjectKind::kForeignTable:
      return "FOREIGN TABLE";
    case ObjectKind::kView:
      return "VIEW";
    case ObjectKind::kMaterializedView:
      return "MATERIALIZED VIEW";
    case ObjectKind::kSequence:
      return "SEQUENCE";
    case ObjectKind::kIndex:
      return "INDEX";
    case ObjectKind::kSchema:
      return "SCHEMA";
    case ObjectKind::kFunction:
      return "FUNCTION";
    case ObjectKind::kProcedure:
      return "PROCEDURE";
    default:
      return "";
  }
}

// The last part of a qualified name, which may be quoted.
std::string LastNamePart(std::string_view name) {
  bool quoted = false;
  std::size_t begin = 0;
  for (std::size_t i = 0; i < name.size() && name[i] != '('; ++i) {
    if (name[i] == '"') quoted = !quoted;
    if (name[i] == '.' && !quoted) begin = i + 1;
  }
  return std::string(name.substr(begin, name.find('(', begin) - begin));
}

// The kind whose name `text` begins with, which is cut off it; a column without one.
ObjectKind TakeKindName(std::string_view& text) {
  for (std::size_t blank = text.rfind(' '); blank != text.npos && blank > 0;
       blank = text.rfind(' ', blank - 1)) {
    const auto kind = FindKind(Trim(text.substr(0, blank)));
    if (!kind) continue;
    text = Trim(text.substr(blank + 1));
    return *kind;
  }
  return ObjectKind::kColumn;
}

}  // namespace

Result<Rename> ReadRename(std::string_view text, const Catalog& from) {
  const std::size_t arrow = text.find("->");
  const std::size_t sign = arrow == text.npos ? text.find('=') : arrow;
  const std::size_t after = sign + (arrow == text.npos ? 1 : 2);
  std::string_view old = Trim(text.substr(0, std::min(sign, text.size())));
  const std::string fresh(sign == text.npos ? "" : Trim(text.substr(after)));
  const ObjectKind kind = TakeKindName(old);
  const std::string last = LastNamePart(old);
  const bool qualified = last.size() < old.size() || kind == ObjectKind::kSchema;
  if (fresh.empty() || last.empty() || !qualified || fresh.find(' ') != fresh.npos) {
    return Fail(ErrorCode::kInvalid,
                "\"" + std::string(text) + "\" is no rename; write it as: column app.t.old -> new");
  }
  if (kind == ObjectKind::kSchema) return Rename{{kind, "", std::string(old)}, {kind, "", fresh}};
  const std::size_t place = std::string_view(old).substr(0, old.find('(')).rfind(last);
  const std::string before(old.substr(0, place - 1));
  if (!IsPartKind(kind)) {
    const std::string rest(old.substr(place + last.size()));
    return Rename{{kind, "", std::string(old)}, {kind, "", before + "." + fresh + rest}};
  }
  const bool of_public =
      LastNamePart(before) == before && !from.ColumnsOf("public." + before).empty();
  const std::string container = of_public ? "public." + before : before;
  return Rename{{kind, container, last}, {kind, container, fresh}};
}

std::string WriteRename(const Rename& rename) {
  return std::string(KindName(rename.from.kind)) + " " + Path(rename.from) + " -> " +
         LastNamePart(rename.to.name);
}

Rename Back(const Rename& rename) { return {rename.to, rename.from}; }

Result<std::string> RenameSql(const Rename& rename) {
  const ObjectId& from = rename.from;
  const std::string to = LastNamePart(rename.to.name);
  switch (from.kind) {
    case ObjectKind::kColumn:
      return "ALTER TABLE " + from.container + " RENAME COLUMN " + from.name + " TO " + to;
    case ObjectKind::kConstraint:
      return "ALTER TABLE " + from.container + " RENAME CONSTRAINT " + from.name + " TO " + to;
    case ObjectKind::kTrigger:
    case ObjectKind::kRule:
    case ObjectKind::kPolicy: {
      std::string kind(KindName(from.kind));
      std::transform(kind.begin(), kind.end(), kind.begin(),
                     [](unsigned char c) { return static_cast<char>(std::toupper(c)); });
      return "ALTER " + kind + " " + from.name + " ON " + from.container + " RENAME TO " + to;
    }
    default:
      break;
  }
  const std::string_view word = AlterWord(from.kind);
  if (word.empty()) {
    return Fail(ErrorCode::kInvalid,
                "PostgreSQL cannot rename " + Text(from) + "; leave the hint out");
  }
  return "ALTER " + std::string(word) + " " + from.name + " RENAME TO " + to;
}

}  // namespace schemaop
