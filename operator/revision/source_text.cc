#include "revision/source_text.h"

#include "base/text.h"
#include "revision/revision_header.h"
#include "sql/text_position.h"

namespace schemaop {
namespace {

constexpr std::string_view kBom = "\xEF\xBB\xBF";

std::string Normalise(std::string_view text) {
  if (text.starts_with(kBom)) text.remove_prefix(kBom.size());
  std::string normal;
  normal.reserve(text.size());
  for (const char c : text) {
    while (c == '\n' && normal.ends_with('\r')) normal.pop_back();
    normal += c;
  }
  return normal;
}

}  // namespace

Result<std::string> NormaliseSourceText(std::string_view file, std::string_view text) {
  std::string normal = Normalise(text);
  if (const auto bad = FindInvalidUtf8(normal)) {
    return FailAt(file, TextPosition(normal).At(*bad),
                  normal[*bad] == '\0' ? "a NUL byte: PostgreSQL cannot read it, remove it"
                                       : "this is not UTF-8: save the file as UTF-8");
  }
  return normal;
}

}  // namespace schemaop
