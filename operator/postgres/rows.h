// The result of a typed query: text cells with typed access, independent of the library that
// fetched them.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace schemaop {

// One row. Columns count from 0; asking for a column that is not there is a bug and undefined.
class Row {
 public:
  explicit Row(std::vector<std::optional<std::string>> cells) : cells_(std::move(cells)) {}

  bool IsNull(std::size_t column) const { return !cells_[column].has_value(); }
  // The cell's text; empty for NULL.
  std::string Text(std::size_t column) const { return cells_[column].value_or(""); }
  // The cell as a number; 0 for NULL. REQUIRES: an integer type of SQL.
  std::int64_t Integer(std::size_t column) const;
  // REQUIRES: a boolean type of SQL; false for NULL.
  bool Boolean(std::size_t column) const { return Text(column) == "t"; }

  bool operator==(const Row&) const = default;

 private:
  std::vector<std::optional<std::string>> cells_;
};

using Rows = std::vector<Row>;

}  // namespace schemaop
