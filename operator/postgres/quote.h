// Names inside SQL text.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace schemaop {

// `name` as a quoted identifier: my"table becomes "my""table".
std::string QuoteIdentifier(std::string_view name);

// `text` as a string constant: it's becomes 'it''s'. Needs standard_conforming_strings.
std::string QuoteLiteral(std::string_view text);

// "schema"."name".
std::string QuoteQualified(std::string_view schema, std::string_view name);

// "a", "b": a search_path's value.
std::string QuoteIdentifierList(const std::vector<std::string>& names);

}  // namespace schemaop
