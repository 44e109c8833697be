#include "postgres/quote.h"

#include "base/text.h"

namespace schemaop {

std::string QuoteIdentifier(std::string_view name) { return QuoteDoubling('"', name); }

std::string QuoteLiteral(std::string_view text) { return QuoteDoubling('\'', text); }

std::string QuoteQualified(std::string_view schema, std::string_view name) {
  return QuoteIdentifier(schema) + "." + QuoteIdentifier(name);
}

std::string QuoteIdentifierList(const std::vector<std::string>& names) {
  std::vector<std::string> quoted;
  quoted.reserve(names.size());
  for (const std::string& name : names) quoted.push_back(QuoteIdentifier(name));
  return Join(quoted, ", ");
}

}  // namespace schemaop
