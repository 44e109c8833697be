#include "revision/source.h"

#include <algorithm>
#include <utility>

#include "base/sha256.h"
#include "revision/foreign_layout.h"
#include "revision/revision_file.h"

namespace schemaop {
namespace {

bool IsRevisionFile(const SourceFile& file) { return file.name.ends_with(".sql"); }

// Each text by its own digest, so that no name or text can be taken for the border between two.
std::string DigestOf(const std::vector<SourceFile>& files) {
  std::string listing;
  for (const SourceFile& file : files) {
    listing += Sha256Hex(file.name) + Sha256Hex(file.text);
  }
  return "sha256:" + Sha256Hex(listing);
}

Result<std::vector<Revision>> ParseRevisionFiles(const std::vector<SourceFile>& files) {
  std::vector<Revision> revisions;
  for (const SourceFile& file : files) {
    auto revision = ParseRevisionFile(file.name, file.text);
    if (!revision) return Fail(std::move(revision.error()));
    revisions.push_back(std::move(*revision));
  }
  return revisions;
}

}  // namespace

Result<Source> LoadSource(std::vector<SourceFile> files) {
  std::erase_if(files, [](const SourceFile& file) { return !IsRevisionFile(file); });
  std::sort(files.begin(), files.end(),
            [](const SourceFile& a, const SourceFile& b) { return a.name < b.name; });
  const auto layout = DetectSourceLayout(files);
  if (!layout) return Fail(layout.error());
  auto revisions = *layout == SourceLayout::kRevisionFiles ? ParseRevisionFiles(files)
                                                           : ReadForeignLayout(*layout, files);
  if (!revisions) return Fail(std::move(revisions.error()));
  auto graph = RevisionGraph::Build(*std::move(revisions));
  if (!graph) return Fail(std::move(graph.error()));
  return Source{DigestOf(files), std::make_shared<const RevisionGraph>(std::move(*graph))};
}

}  // namespace schemaop
