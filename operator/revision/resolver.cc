#include "revision/resolver.h"

#include <algorithm>

#include "base/text.h"

namespace schemaop {
namespace {

using Index = RevisionGraph::Index;
using Indices = RevisionGraph::Indices;

// Alembic matches beginnings only of names longer than this.
constexpr std::size_t kLongestExactOnlyName = 3;
constexpr std::size_t kCandidatesShown = 8;

std::string Quoted(std::string_view text) { return "'" + std::string(text) + "'"; }

std::string ListOf(std::vector<std::string> names) {
  const std::size_t total = names.size();
  if (total > kCandidatesShown) names.resize(kCandidatesShown);
  std::string list = Join(names, ", ");
  if (total > kCandidatesShown)
    list += " and " + std::to_string(total - kCandidatesShown) + " more";
  return list;
}

}  // namespace

Result<Indices> Resolver::All(std::string_view text) const {
  auto symbols = Expand(text);
  if (!symbols) return Fail(std::move(symbols.error()));
  Indices revisions;
  for (const std::string& name : symbols->names) {
    auto revision = Identifier(name, symbols->branch);
    if (!revision) return Fail(std::move(revision.error()));
    revisions.push_back(*revision);
  }
  return revisions;
}

Result<std::optional<Index>> Resolver::One(std::string_view text) const {
  auto symbols = Expand(text);
  if (!symbols) return Fail(std::move(symbols.error()));
  if (symbols->names.size() > 1) return Fail(SeveralHeads(symbols->names));
  if (symbols->names.empty()) {
    // The branch of "branch@base" is looked up although nothing comes of it, as in Alembic.
    if (symbols->branch.empty()) return std::nullopt;
    auto branch = Branch(symbols->branch);
    if (!branch) return Fail(std::move(branch.error()));
    return std::nullopt;
  }
  auto revision = Identifier(symbols->names.front(), symbols->branch);
  if (!revision) return Fail(std::move(revision.error()));
  return *revision;
}

Result<Index> Resolver::Identifier(std::string_view name, std::string_view branch) const {
  std::optional<Index> branch_revision;
  if (!branch.empty()) {
    auto found = Branch(branch);
    if (!found) return found;
    branch_revision = *found;
  }
  std::optional<Index> revision = graph_.IndexOfName(name);
  if (!revision) {
    std::vector<std::string> candidates;
    for (const std::string& known : graph_.Names()) {
      if (!known.starts_with(name) || CountCodePoints(known) <= kLongestExactOnlyName) continue;
      if (branch_revision) {
        const Index at = *graph_.IndexOfName(known);
        auto against = Lineage(branch);
        if (!against) return Fail(std::move(against.error()));
        if (!against->empty() && !SharesLineage(at, *against, Edges::kDown)) continue;
      }
      candidates.push_back(known);
    }
    if (candidates.size() != 1) return Fail(NotFound(name, candidates, branch));
    revision = graph_.IndexOfName(candidates.front());
  }
  if (branch_revision && !SharesLineage(*revision, {*branch_revision}, Edges::kDown)) {
    return Fail(ErrorCode::kNotFound, "can't locate revision identified by " + Quoted(name) +
                                          ": revision " + graph_.IdAt(*revision) +
                                          " is not a member of branch " + Quoted(branch) +
                                          "; name a revision of that branch");
  }
  return *revision;
}

Result<Index> Resolver::Branch(std::string_view name) const { return Identifier(name); }

Result<Indices> Resolver::Lineage(std::string_view text) const {
  auto symbols = Expand(text);
  if (!symbols) return Fail(std::move(symbols.error()));
  return LineageOf(*symbols);
}

Result<Indices> Resolver::LineageOf(const Symbols& symbols) const {
  std::vector<std::string> names = symbols.names;
  if (!symbols.branch.empty()) names.insert(names.begin(), symbols.branch);
  Indices revisions;
  for (const std::string& name : names) {
    auto revision = Identifier(name);
    if (!revision) return Fail(std::move(revision.error()));
    revisions.push_back(*revision);
  }
  return revisions;
}

Result<Indices> Resolver::OnLineage(const Indices& candidates, std::string_view text,
                                    Edges edges) const {
  auto symbols = Expand(text);
  if (!symbols) return Fail(std::move(symbols.error()));
  // With nobody to ask about, Alembic does not look the names up.
  if (candidates.empty()) return Indices{};
  auto against = LineageOf(*symbols);
  if (!against) return Fail(std::move(against.error()));
  if (against->empty()) return candidates;
  Indices members;
  for (Index candidate : candidates) {
    if (SharesLineage(candidate, *against, edges)) members.push_back(candidate);
  }
  return members;
}

Result<Indices> Resolver::AppliedOnBranch(const Indices& rows, std::string_view branch) const {
  auto standing = OnLineage(rows, branch);
  if (!standing || !standing->empty()) return standing;
  return OnLineage(graph_.TipsByDown(graph_.Ancestors(rows)), branch);
}

Result<Indices> Resolver::Rows(const std::vector<RevisionId>& rows) const {
  Indices revisions;
  for (const RevisionId& row : rows) {
    std::optional<Index> index = graph_.IndexOf(row);
    if (!index) {
      return Fail(
          ErrorCode::kNotFound,
          "can't locate revision identified by " + Quoted(row) +
              ": the database's version table holds it but no revision file does; bring back the "
              "file, or stamp with --purge once you know what state the schema is in");
    }
    revisions.push_back(*index);
  }
  return revisions;
}

Result<void> Resolver::CheckApart(const Indices& revisions) const {
  for (Index revision : revisions) {
    const RevisionSet below =
        revisions.size() > 1 ? graph_.Ancestors({revision}) : RevisionSet(graph_.size());
    std::vector<std::string> others;
    for (Index other : revisions) {
      if (other != revision && below.Contains(other)) others.push_back(graph_.IdAt(other));
    }
    if (others.empty()) continue;
    return Fail(ErrorCode::kInvalid, "requested revision " + graph_.IdAt(revision) +
                                         " overlaps with other requested revisions " +
                                         Join(others, ", ") + "; it builds on them, so only " +
                                         graph_.IdAt(revision) +
                                         " may be named (in the version table: stamp --purge it)");
  }
  return {};
}

Result<Resolver::Symbols> Resolver::Expand(std::string_view text) const {
  Symbols symbols;
  std::string symbol(text);
  if (const std::size_t at = text.find('@'); at != std::string_view::npos) {
    symbols.branch = std::string(text.substr(0, at));
    symbol = std::string(text.substr(at + 1));
  }
  if (symbol == "base") return symbols;
  if (symbol == "heads" && symbols.branch.empty()) {
    symbols.names = graph_.Ids(graph_.RealHeads());
    return symbols;
  }
  if (symbol != "head" && symbol != "heads") {
    symbols.names = {symbol};
    return symbols;
  }
  auto heads = HeadsOf(symbols.branch);
  if (!heads) return Fail(std::move(heads.error()));
  symbols.names = graph_.Ids(*heads);
  if (symbol == "head" && symbols.names.size() > 1) return Fail(SeveralHeads(symbols.names));
  return symbols;
}

Result<Indices> Resolver::HeadsOf(std::string_view branch) const {
  return branch.empty() ? Result<Indices>(graph_.Heads()) : OnLineage(graph_.Heads(), branch);
}

bool Resolver::SharesLineage(Index candidate, const Indices& against, Edges edges) const {
  const bool all = edges == Edges::kAll;
  const RevisionSet below =
      all ? graph_.Ancestors({candidate}) : graph_.AncestorsByDown({candidate});
  const RevisionSet above =
      all ? graph_.Descendants({candidate}) : graph_.DescendantsByDown({candidate});
  return std::any_of(against.begin(), against.end(),
                     [&](Index i) { return below.Contains(i) || above.Contains(i); });
}

Error Resolver::SeveralHeads(const std::vector<RevisionId>& heads) const {
  std::vector<std::string> described;
  for (const RevisionId& head : heads) {
    std::optional<Index> index = graph_.IndexOf(head);
    const bool labelled = index && !graph_.Labels(*index).empty();
    described.push_back(labelled ? head + " [" + Join(graph_.Labels(*index), ", ") + "]" : head);
  }
  const std::string fact =
      wording_ == Wording::kStamp
          ? "multiple heads are present"
          : "multiple head revisions are present for given argument " + Quoted(argument_);
  return {ErrorCode::kInvalid,
          fact + ": " + ListOf(described) +
              "; name one of them, '<label>@head' for the head of one branch, or "
              "'heads' for all of them"};
}

Error Resolver::NotFound(std::string_view name, const std::vector<std::string>& candidates,
                         std::string_view branch) const {
  std::string text = "can't locate revision identified by " + Quoted(name) + ": ";
  if (candidates.size() > 1) {
    return {ErrorCode::kNotFound,
            text + "several begin with it (" + ListOf(candidates) + "); type more of it"};
  }
  text += "no revision or branch label";
  if (!branch.empty()) text += " on branch " + Quoted(branch);
  text += " has this name or a name beginning with it; 'history' lists them all";
  return {ErrorCode::kNotFound, text};
}

}  // namespace schemaop
