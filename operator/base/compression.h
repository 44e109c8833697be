// Text made small for keeping many of it in memory.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

#include "base/error.h"

namespace schemaop {

// A text that Expand makes whole again.
struct CompressedText {
  std::string bytes;
  std::size_t size = 0;  // of the text

  bool operator==(const CompressedText&) const = default;
};

// `text` by deflate. Whatever it has in common with `model` takes next to no room: a hundred texts
// of a kind are kept small by naming one of them for all. Of a longer model the last 32 KiB count.
CompressedText Compress(std::string_view text, std::string_view model);

// What was compressed with the same `model`. kInternal for anything else.
Result<std::string> Expand(const CompressedText& compressed, std::string_view model);

}  // namespace schemaop
