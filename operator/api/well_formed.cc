#include "api/well_formed.h"

#include <nlohmann/json.hpp>

#include "base/text.h"

namespace schemaop {

std::string WellFormed(const std::string& text) {
  if (!FindInvalidUtf8(text)) return text;
  return nlohmann::json::parse(JsonQuote(text)).get<std::string>();
}

}  // namespace schemaop
