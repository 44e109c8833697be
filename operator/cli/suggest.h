// "Did you mean ...?"
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace schemaop {

// The candidate a person most likely meant by `typed`: the one it is an unfinished start of, else
// the nearest by edits (insert, delete, replace, swap of neighbours; at most a third of the length,
// at least one). The first of equals; nullopt when nothing is near.
std::optional<std::string> NearestTo(std::string_view typed,
                                     const std::vector<std::string>& candidates);

// " (did you mean '<nearest>'?)" or "".
std::string DidYouMean(std::string_view typed, const std::vector<std::string>& candidates);

}  // namespace schemaop
