#include "catalog/type_loss.h"

#include <charconv>
#include <limits>
#include <vector>

#include "base/text.h"

namespace schemaop {

namespace {

// "timestamp(3) without time zone": the name without what stands in parentheses, and that.
struct TypeParts {
  std::string name;
  std::vector<int> modifiers;
};

TypeParts ReadType(const std::string& text) {
  TypeParts parts{text, {}};
  const std::size_t open = text.find('(');
  const std::size_t close = text.find(')', open);
  if (close == std::string::npos) return parts;
  parts.name = text.substr(0, open) + text.substr(close + 1);
  for (const std::string& word : SplitList(text.substr(open + 1, close - open - 1))) {
    int number = 0;
    std::from_chars(word.data(), word.data() + word.size(), number);
    parts.modifiers.push_back(number);
  }
  return parts;
}

bool IsInteger(const TypeParts& type) {
  return type.name == "smallint" || type.name == "integer" || type.name == "bigint";
}

bool IsFloat(const TypeParts& type) {
  return type.name == "real" || type.name == "double precision";
}

bool IsNumber(const TypeParts& type) {
  return IsInteger(type) || IsFloat(type) || type.name == "numeric" || type.name == "money";
}

int DecimalPlaces(const TypeParts& type) {
  if (type.name == "money") return 2;
  if (type.name != "numeric") return 0;
  return type.modifiers.size() == 2 ? type.modifiers[1] : std::numeric_limits<int>::max();
}

bool LosesDigits(const TypeParts& from, const TypeParts& to) {
  if (to.name == "boolean") return from.name == "integer";
  if (!IsNumber(from) || !IsNumber(to)) return false;
  if (to.name == "real") return from.name != "real" && from.name != "smallint";
  if (to.name == "double precision") return from.name == "bigint" || from.name == "numeric";
  return IsFloat(from) || DecimalPlaces(from) > DecimalPlaces(to);
}

bool HasSeconds(const TypeParts& type) {
  return type.name.starts_with("time") || type.name.starts_with("interval");
}

int SecondDigits(const TypeParts& type) {
  return type.modifiers.empty() ? 6 : type.modifiers.front();
}

bool LosesTime(const TypeParts& from, const TypeParts& to) {
  if (!HasSeconds(from)) return false;
  if (to.name == "date") return true;
  const bool day = from.name.starts_with("timestamp") && to.name.starts_with("time ");
  const bool zone = from.name == "time with time zone" && to.name == "time without time zone";
  const bool fields = to.name.starts_with("interval ") && to.name != from.name;
  return day || zone || fields || (HasSeconds(to) && SecondDigits(to) < SecondDigits(from));
}

bool HasLength(const TypeParts& type) {
  return type.name == "character varying" || type.name == "character" || type.name == "bit" ||
         type.name == "bit varying";
}

bool LosesText(const TypeParts& from, const TypeParts& to, Conversion conversion) {
  if (to.name == "name") return from.name == "text" || from.name.starts_with("character");
  if (conversion == Conversion::kAssigned || !HasLength(to) || to.modifiers.empty()) return false;
  return !HasLength(from) || from.modifiers.empty() || from.modifiers[0] > to.modifiers[0];
}

}  // namespace

bool LosesParts(const std::string& from, const std::string& to, Conversion conversion) {
  if (from.ends_with("[]") && to.ends_with("[]"))
    return LosesParts(from.substr(0, from.size() - 2), to.substr(0, to.size() - 2), conversion);
  const TypeParts before = ReadType(from);
  const TypeParts after = ReadType(to);
  return LosesDigits(before, after) || LosesTime(before, after) ||
         LosesText(before, after, conversion) || (before.name == "inet" && after.name == "cidr");
}

}  // namespace schemaop
