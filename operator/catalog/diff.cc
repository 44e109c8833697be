#include "catalog/diff.h"

#include <algorithm>
#include <map>
#include <utility>

#include "base/text.h"
#include "catalog/planner.h"
#include "catalog/work.h"

namespace schemaop {

namespace {

// What two objects of one name less would be equal in.
std::string Likeness(const Catalog& catalog, const CatalogObject& object) {
  std::string text = object.id.container + "\n";
  const auto add = [&](const CatalogObject& part) {
    for (const auto& [property, value] : part.properties.entries())
      if (property == Property::kType || property == Property::kNotNull ||
          property == Property::kGenerated || property == Property::kIdentity)
        text += value + "\n";
  };
  add(object);
  if (object.id.kind == ObjectKind::kTable)
    for (const CatalogObject* column : catalog.ColumnsOf(object.id.name)) {
      text += column->id.name + " ";
      add(*column);
    }
  return text;
}

std::vector<Rename> FindCandidates(const Catalog& from, const Catalog& to,
                                   const std::vector<ObjectChange>& changes) {
  std::map<std::string, std::vector<ObjectId>> gone;
  std::vector<Rename> candidates;
  const auto eligible = [](const ObjectId& id) {
    return id.kind == ObjectKind::kTable || id.kind == ObjectKind::kColumn;
  };
  for (const ObjectChange& change : changes)
    if (change.kind == ChangeKind::kRemoved && eligible(change.id))
      gone[Likeness(from, *from.Find(change.id))].push_back(change.id);
  for (const ObjectChange& change : changes) {
    if (change.kind != ChangeKind::kAdded || !eligible(change.id)) continue;
    const auto found = gone.find(Likeness(to, *to.Find(change.id)));
    if (found == gone.end()) continue;
    for (const ObjectId& id : found->second)
      if (id.kind == change.id.kind) candidates.push_back({id, change.id});
  }
  return candidates;
}

void WarnOfOrder(const Catalog& from, const Catalog& to, std::vector<std::string>& warnings) {
  for (const CatalogObject& table : to.objects()) {
    if (table.id.kind != ObjectKind::kTable || table.Has(Property::kColumnOrder) ||
        !from.Find(table.id))
      continue;
    const auto names = [](const Catalog& catalog, const Catalog& other, const std::string& name) {
      std::vector<std::string> list;
      for (const CatalogObject* column : catalog.ColumnsOf(name))
        if (other.Find(column->id)) list.push_back(column->id.name);
      return list;
    };
    if (names(from, to, table.id.name) != names(to, from, table.id.name))
      warnings.push_back("the columns of table " + table.id.name +
                         " stand in another order; PostgreSQL cannot change that in place");
  }
}

}  // namespace

SchemaDiff Diff(const Catalog& from, const Catalog& to, const DiffOptions& options) {
  SchemaDiff diff;
  diff.changes = FindChanges(from, to);
  WarnOfOrder(from, to, diff.warnings);
  if (diff.changes.empty()) return diff;
  WorkList work = FindWork(from, to, diff.changes, options);
  diff.refusals = std::move(work.refusals);
  diff.statements = PlanStatements(from, to, options, work, diff.refusals);
  diff.rename_candidates = FindCandidates(from, to, diff.changes);
  return diff;
}

std::string SqlComment(std::string text) {
  std::replace_if(
      text.begin(), text.end(), [](char c) { return c == '\n' || c == '\r'; }, ' ');
  return "-- " + text + "\n";
}

std::string RenderScript(const std::vector<DdlStatement>& statements) {
  std::string script;
  for (const DdlStatement& statement : statements) {
    if (!script.empty()) script += "\n";
    if (!statement.note.empty()) script += SqlComment(statement.note);
    if (statement.destroys) script += SqlComment("destroys data: " + *statement.destroys);
    script += statement.sql + ";\n";
  }
  return script;
}

}  // namespace schemaop
