// Label and field selectors: parsing of the query parameters, and matching.
#pragma once

#include <string>
#include <vector>

#include "tests/support/apiserver/resource_type.h"

namespace schemaop::devcluster {

// One requirement of a selector: `key` in `values`, not in them, present, or absent.
struct Requirement {
  enum class Operator { kIn, kNotIn, kExists, kAbsent };
  std::string key;
  Operator op = Operator::kIn;
  std::vector<std::string> values;
};

struct Selector {
  std::vector<Requirement> labels;
  std::vector<Requirement> fields;

  bool Matches(const Json& object) const;
  bool Empty() const { return labels.empty() && fields.empty(); }
};

// Both parameters as sent. A malformed one, or a field the type cannot be selected by, is a 400.
Answer<Selector> ParseSelector(const std::string& labels, const std::string& fields,
                               const ResourceType& type);

}  // namespace schemaop::devcluster
