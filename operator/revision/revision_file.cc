#include "revision/revision_file.h"

#include <optional>
#include <utility>

#include "base/sha256.h"
#include "revision/revision_header.h"
#include "revision/section.h"
#include "revision/source_text.h"

namespace schemaop {

Result<Revision> ParseRevisionFile(std::string_view file, std::string_view text) {
  const auto normal = NormaliseSourceText(file, text);
  if (!normal) return Fail(normal.error());
  Revision revision;
  revision.file = file;
  revision.checksum = Sha256Hex(*normal);
  const auto begin = ParseRevisionHeader(file, *normal, revision);
  if (!begin) return Fail(begin.error());
  auto sections = ParseSections(file, *normal, begin->offset, begin->line);
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
