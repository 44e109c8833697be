#include "cli/revision_name.h"

#include <algorithm>
#include <string>

#include <fmt/format.h>

#include "base/text.h"

namespace schemaop {
namespace {

constexpr std::size_t kLongestCount =
    6;  // longer numbers are dates, or twelve digits without a letter
constexpr std::size_t kLongestSlug = 40;  // Alembic's truncate_slug_length

bool IsDigit(char c) { return c >= '0' && c <= '9'; }

bool IsCount(const RevisionId& id) {
  return id.size() <= kLongestCount && std::all_of(id.begin(), id.end(), IsDigit);
}

std::string Slug(std::string_view message) {
  std::string slug;
  for (const char c : ToLower(message)) {
    const bool word = IsDigit(c) || (c >= 'a' && c <= 'z');
    if (word) slug += c;
    if (!word && !slug.empty() && slug.back() != '_') slug += '_';
  }
  if (slug.size() > kLongestSlug) {
    const std::size_t cut = slug.rfind('_', kLongestSlug);
    slug.resize(cut == std::string::npos ? kLongestSlug : cut);
  }
  if (slug.ends_with('_')) slug.pop_back();
  return slug;
}

}  // namespace

RevisionId NextRevisionId(const RevisionGraph& graph, std::uint64_t random) {
  bool counts = graph.size() > 0;
  unsigned long highest = 0;
  std::size_t widest = 0;
  for (RevisionGraph::Index i = 0; i < graph.size() && counts; ++i) {
    const RevisionId& id = graph.At(i).id;
    counts = IsCount(id);
    if (!counts) break;
    highest = std::max(highest, std::stoul(id));
    widest = std::max(widest, id.size());
  }
  if (counts) return fmt::format("{:0{}}", highest + 1, widest);
  return fmt::format("{:012x}", random & 0xFFFF'FFFF'FFFFU);
}

std::string RevisionFileName(std::string_view id, std::string_view message) {
  const std::string slug = Slug(message);
  return slug.empty() ? fmt::format("{}.sql", id) : fmt::format("{}_{}.sql", id, slug);
}

}  // namespace schemaop
