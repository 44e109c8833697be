#include "catalog/scope.h"

#include <algorithm>
#include <array>
#include <string_view>
#include <utility>

#include "base/text.h"
#include "catalog/object_kind.h"

namespace schemaop {

namespace {

constexpr std::array kStorage = {
    Property::kTablespace,  Property::kToastOptions, Property::kStorage,
    Property::kCompression, Property::kStatistics,   Property::kClustered,
};

bool IsRelation(ObjectKind kind) {
  return kind == ObjectKind::kTable || kind == ObjectKind::kMaterializedView;
}

// Options of a column are n_distinct and the like, those of an index its fillfactor (in its
// definition already). A view's, a server's or a foreign table's say what it is.
bool OptionsAreStorage(ObjectKind kind) { return IsRelation(kind) || kind == ObjectKind::kColumn; }

class Excludes {
 public:
  explicit Excludes(const std::vector<std::string>& globs) : globs_(globs) {}

  bool Match(std::string_view kind, const std::string& path) const {
    const std::string full = std::string(kind) + ":" + path;
    return std::any_of(globs_.begin(), globs_.end(), [&](const std::string& glob) {
      return MatchesGlob(glob, glob.find(':') == std::string::npos ? std::string_view(path) : full);
    });
  }
  bool None() const { return globs_.empty(); }

 private:
  const std::vector<std::string>& globs_;
};

bool PartitionOfExcluded(const CatalogObject& object, const Excludes& excludes) {
  if (!object.Has(Property::kBound)) return false;
  return excludes.Match("partitions", object.Get(Property::kParents));
}

bool IsSchemaExcluded(const CatalogObject& object, const Excludes& excludes) {
  return !object.schema.empty() && excludes.Match("schema", object.schema);
}

// What an object is in, when that is a container or the table of an index.
std::string ContainerOf(const CatalogObject& object) {
  if (object.id.kind == ObjectKind::kIndex || object.id.kind == ObjectKind::kStatistics)
    return object.Get(Property::kTable);
  return object.id.container;
}

void Strip(CatalogObject& object, const CatalogScope& scope) {
  Properties& properties = object.properties;
  if (!scope.owners) properties.Erase(Property::kOwner);
  if (!scope.grants) properties.Erase(Property::kAcl);
  if (!scope.comments) properties.Erase(Property::kComment);
  if (!scope.extension_versions && object.id.kind == ObjectKind::kExtension)
    properties.Erase(Property::kVersion);
  if (scope.storage) return;
  for (const Property property : kStorage) properties.Erase(property);
  if (OptionsAreStorage(object.id.kind)) properties.Erase(Property::kOptions);
}

void SetColumnOrder(CatalogObject& object, const Catalog& catalog) {
  const ObjectKind kind = object.id.kind;
  if (kind != ObjectKind::kTable && kind != ObjectKind::kForeignTable &&
      kind != ObjectKind::kComposite)
    return;
  std::vector<std::string> names;
  for (const CatalogObject* column : catalog.ColumnsOf(object.id.name))
    names.push_back(column->id.name);
  object.properties.Set(Property::kColumnOrder, Join(names, std::string_view(&kListSeparator, 1)));
}

}  // namespace

std::vector<std::string> DefaultExcludes(const std::string& version_table) {
  return {
      "table:" + version_table, "schema:schemaversion", "schema:_timescaledb_*", "schema:cron",
      "schema:partman",         "schema:repack",        "schema:hdb_catalog",    "index:*_ccnew",
      "index:*_ccnew?"};
}

std::vector<std::string> ExcludableKinds() {
  std::vector<std::string> kinds = KindNames();
  kinds.emplace_back("partitions");
  return kinds;
}

std::optional<std::string> UnknownKindOf(const std::string& exclude) {
  const std::size_t colon = exclude.find(':');
  if (colon == std::string::npos) return std::nullopt;
  std::string kind = exclude.substr(0, colon);
  const std::vector<std::string> kinds = ExcludableKinds();
  const bool known = kind.find_first_of("*?") != std::string::npos ||
                     std::find(kinds.begin(), kinds.end(), kind) != kinds.end();
  return known ? std::nullopt : std::optional(std::move(kind));
}

bool MatchesGlob(std::string_view glob, std::string_view text) {
  std::size_t g = 0;
  std::size_t t = 0;
  std::size_t star = std::string_view::npos;
  std::size_t resume = 0;
  while (t < text.size()) {
    if (g < glob.size() && (glob[g] == '?' || (glob[g] == text[t] && glob[g] != '*'))) {
      ++g;
      ++t;
    } else if (g < glob.size() && glob[g] == '*') {
      star = g++;
      resume = t;
    } else if (star != std::string_view::npos) {
      g = star + 1;
      t = ++resume;
    } else {
      return false;
    }
  }
  while (g < glob.size() && glob[g] == '*') ++g;
  return g == glob.size();
}

Catalog Narrow(const Catalog& catalog, const CatalogScope& scope) {
  const Excludes excludes(scope.exclude);
  std::vector<std::string> gone;
  for (const CatalogObject& object : catalog.objects()) {
    if (excludes.None() || !ContainerOf(object).empty()) continue;
    if (excludes.Match(KindName(object.id.kind), Path(object.id)) ||
        IsSchemaExcluded(object, excludes) || PartitionOfExcluded(object, excludes))
      gone.push_back(object.id.name);
  }
  std::sort(gone.begin(), gone.end());
  const auto is_gone = [&](const std::string& name) {
    return !name.empty() && std::binary_search(gone.begin(), gone.end(), name);
  };
  std::vector<CatalogObject> kept;
  kept.reserve(catalog.objects().size());
  for (const CatalogObject& object : catalog.objects()) {
    if (!scope.grants && object.id.kind == ObjectKind::kDefaultPrivileges) continue;
    if (!excludes.None() &&
        (is_gone(ContainerOf(object)) || (object.id.container.empty() && is_gone(object.id.name)) ||
         IsSchemaExcluded(object, excludes) ||
         excludes.Match(KindName(object.id.kind), Path(object.id))))
      continue;
    kept.push_back(object);
    Strip(kept.back(), scope);
    if (scope.column_order) SetColumnOrder(kept.back(), catalog);
  }
  return Catalog(std::move(kept), catalog.origin());
}

}  // namespace schemaop
