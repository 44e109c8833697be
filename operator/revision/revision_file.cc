#include "revision/revision_file.h"

#include <optional>
#include <utility>

#include "base/sha256.h"
#include "base/text.h"
#include "revision/revision_header.h"
#include "revision/section.h"
#include "sql/text_position.h"

namespace schemaop {
namespace {

constexpr std::string_view kBom = "\xEF\xBB\xBF";

// Without the BOM and with LF line ends, so that the same file has the same checksum wherever it
// was checked out.
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

Result<Revision> ParseRevisionFile(std::string_view file, std::string_view text) {
  const std::string normal = Normalise(text);
  if (const auto bad = FindInvalidUtf8(normal)) {
    return FailAt(file, TextPosition(normal).At(*bad),
                  normal[*bad] == '\0' ? "a NUL byte: PostgreSQL cannot read it, remove it"
                                       : "this is not UTF-8: save the file as UTF-8");
  }
  Revision revision;
  revision.file = file;
  revision.checksum = Sha256Hex(normal);
  const auto begin = ParseRevisionHeader(file, normal, revision);
  if (!begin) return Fail(begin.error());
  auto sections = ParseSections(file, normal, begin->offset, begin->line);
  if (!sections) return Fail(sections.error());
  revision.upgrade = std::move(sections->upgrade);
  revision.downgrade = std::move(sections->downgrade);
  return revision;
}

std::string RenderRevisionFile(const Revision& revision) {
  std::string text = RenderRevisionHeader(revision) + RenderSection("up", revision.upgrade);
  if (revision.downgrade) text += "\n" + RenderSection("down", *revision.downgrade);
  return text;
}

}  // namespace schemaop
