#include "revision/graph.h"

#include <algorithm>
#include <utility>

#include "base/text.h"
#include "revision/graph_check.h"

namespace schemaop {
namespace {

using Index = RevisionGraph::Index;
using Indices = RevisionGraph::Indices;

void AddOnce(Indices& list, Index index) {
  if (std::find(list.begin(), list.end(), index) == list.end()) list.push_back(index);
}

Error MissingReference(const Revision& from, std::string_view key, const std::string& name) {
  return {ErrorCode::kInvalid, "revision '" + name + "' referenced from " + NameWithFile(from) +
                                   " is not present; correct its " + std::string(key) +
                                   " or add the missing file"};
}

}  // namespace

Result<RevisionGraph> RevisionGraph::Build(std::vector<Revision> revisions) {
  RevisionGraph graph;
  graph.nodes_.reserve(revisions.size());
  for (Revision& revision : revisions) {
    Node node;
    node.revision = std::move(revision);
    graph.nodes_.push_back(std::move(node));
  }
  if (auto named = graph.IndexNames(); !named) return Fail(std::move(named.error()));
  if (auto linked = graph.LinkEdges(); !linked) return Fail(std::move(linked.error()));
  graph.NormalizeDependencies();
  graph.CollectEnds();
  graph.PropagateLabels();
  return graph;
}

Result<void> RevisionGraph::IndexNames() {
  for (Index i = 0; i < size(); ++i) {
    if (auto good = CheckId(At(i)); !good) return good;
    if (auto [other, fresh] = by_name_.emplace(IdAt(i), i); !fresh) {
      return Fail(ErrorCode::kInvalid, "revision " + IdAt(i) + " is present more than once: " +
                                           NameWithFile(At(other->second)) + " and " +
                                           NameWithFile(At(i)) + "; give one of them another id");
    }
    names_.push_back(IdAt(i));
  }
  for (Index i = 0; i < size(); ++i) {
    if (auto good = CheckLabels(At(i)); !good) return good;
    for (const std::string& label : At(i).branch_labels) {
      if (auto [other, fresh] = by_name_.emplace(label, i); !fresh) {
        return Fail(ErrorCode::kInvalid, "branch name '" + label + "' in revision " + IdAt(i) +
                                             " already used by revision " + IdAt(other->second) +
                                             "; files: " + At(i).file + ", " +
                                             At(other->second).file);
      }
      names_.push_back(label);
    }
  }
  return {};
}

Result<void> RevisionGraph::LinkEdges() {
  std::vector<RevisionEdges> edges(size());
  for (Index i = 0; i < size(); ++i) {
    Node& node = nodes_[i];
    for (const RevisionId& id : node.revision.down_revisions) {
      std::optional<Index> parent = IndexOf(id);
      if (!parent) return Fail(MissingReference(node.revision, "down_revision", id));
      if (std::find(node.parents.begin(), node.parents.end(), *parent) != node.parents.end()) {
        return Fail(ErrorCode::kInvalid, "revision " + NameWithFile(node.revision) +
                                             " names its parent " + id + " twice; remove one");
      }
      node.parents.push_back(*parent);
    }
    for (const std::string& name : node.revision.depends_on) {
      std::optional<Index> dependency = IndexOfName(name);
      if (!dependency) return Fail(MissingReference(node.revision, "depends_on", name));
      AddOnce(node.dependencies, *dependency);
    }
    edges[i] = {&node.revision, node.parents, node.dependencies};
  }
  if (auto good = CheckAcyclic(edges); !good) return good;
  for (Index i = 0; i < size(); ++i) {
    for (Index parent : nodes_[i].parents) {
      nodes_[parent].children.push_back(i);
      AddOnce(nodes_[parent].dependents, i);
    }
    for (Index dependency : nodes_[i].dependencies) AddOnce(nodes_[dependency].dependents, i);
  }
  return {};
}

void RevisionGraph::NormalizeDependencies() {
  for (Index i = 0; i < size(); ++i) {
    Node& node = nodes_[i];
    node.requires_ = node.parents;
    if (!node.dependencies.empty()) {
      RevisionSet declared_below(size());
      for (Index ancestor : AncestorsByDown(node.parents).Members()) {
        for (Index dependency : Dependencies(ancestor)) declared_below.Insert(dependency);
      }
      for (Index dependency : node.dependencies) {
        if (!declared_below.Contains(dependency)) AddOnce(node.requires_, dependency);
      }
    }
    for (Index required : node.requires_) nodes_[required].required_by.push_back(i);
  }
}

void RevisionGraph::CollectEnds() {
  for (Index i = 0; i < size(); ++i) {
    if (IsHead(i)) heads_.push_back(i);
    if (IsRealHead(i)) real_heads_.push_back(i);
    if (IsBase(i)) bases_.push_back(i);
  }
}

void RevisionGraph::PropagateLabels() {
  for (Node& node : nodes_) node.labels = node.revision.branch_labels;
  for (Index i = 0; i < size(); ++i) {
    if (!At(i).branch_labels.empty()) PropagateLabelsOf(i);
  }
  for (Node& node : nodes_) std::sort(node.labels.begin(), node.labels.end());
}

void RevisionGraph::PropagateLabelsOf(Index index) {
  const std::vector<std::string> labels = nodes_[index].labels;
  auto mark = [&](Index at) {
    std::vector<std::string>& own = nodes_[at].labels;
    for (const std::string& label : labels) {
      if (std::find(own.begin(), own.end(), label) == own.end()) own.push_back(label);
    }
  };
  // Depth first: which descendant comes last decides where the way back down begins.
  RevisionSet seen(size());
  Indices todo = {index};
  Index last = index;
  while (!todo.empty()) {
    const Index at = todo.back();
    todo.pop_back();
    if (!seen.Insert(at)) continue;
    mark(at);
    last = at;
    todo.insert(todo.end(), Children(at).begin(), Children(at).end());
  }
  while (Dependents(last).size() <= 1 && !IsMergePoint(last)) {
    mark(last);
    if (IsBase(last)) break;
    last = Parents(last).front();
  }
}

const Revision* RevisionGraph::Find(std::string_view id) const {
  std::optional<Index> index = IndexOf(id);
  return index ? &At(*index) : nullptr;
}

std::optional<Index> RevisionGraph::IndexOf(std::string_view id) const {
  std::optional<Index> index = IndexOfName(id);
  return index && IdAt(*index) == id ? index : std::nullopt;
}

std::optional<Index> RevisionGraph::IndexOfName(std::string_view name) const {
  auto found = by_name_.find(std::string(name));
  return found == by_name_.end() ? std::nullopt : std::optional(found->second);
}

std::vector<RevisionId> RevisionGraph::Ids(const Indices& indices) const {
  std::vector<RevisionId> ids;
  ids.reserve(indices.size());
  for (Index index : indices) ids.push_back(IdAt(index));
  return ids;
}

RevisionSet RevisionGraph::Ancestors(const Indices& from) const {
  return Reach(from, &Node::requires_);
}

RevisionSet RevisionGraph::AncestorsByDown(const Indices& from) const {
  return Reach(from, &Node::parents);
}

RevisionSet RevisionGraph::Descendants(const Indices& from) const {
  return Reach(from, &Node::dependents);
}

RevisionSet RevisionGraph::DescendantsByDown(const Indices& from) const {
  return Reach(from, &Node::children);
}

RevisionSet RevisionGraph::Reach(const Indices& from, Indices Node::*edges) const {
  RevisionSet reached(size());
  Indices todo = from;
  while (!todo.empty()) {
    const Index at = todo.back();
    todo.pop_back();
    if (!reached.Insert(at)) continue;
    const Indices& next = nodes_[at].*edges;
    todo.insert(todo.end(), next.begin(), next.end());
  }
  return reached;
}

Indices RevisionGraph::EffectiveHeads(const RevisionSet& applied) const {
  return EndsOf(applied, &Node::required_by);
}

Indices RevisionGraph::TipsByDown(const RevisionSet& applied) const {
  return EndsOf(applied, &Node::children);
}

Indices RevisionGraph::EndsOf(const RevisionSet& applied, Indices Node::*above) const {
  Indices ends;
  for (Index index : applied.Members()) {
    const Indices& next = nodes_[index].*above;
    if (std::none_of(next.begin(), next.end(), [&](Index i) { return applied.Contains(i); })) {
      ends.push_back(index);
    }
  }
  return ends;
}

}  // namespace schemaop
