#include "postgres/catalog_assembly.h"

#include <algorithm>
#include <charconv>
#include <cstdint>
#include <functional>
#include <optional>
#include <unordered_map>
#include <utility>

#include "catalog/acl.h"

namespace schemaop {

namespace {

// Columns of every query's answer before the properties.
constexpr std::size_t kFixedColumns = 8;

// A row of a system catalog, or a column of a relation.
struct Address {
  std::uint64_t catalog = 0;
  std::uint64_t oid = 0;
  std::int64_t part = 0;

  bool operator==(const Address&) const = default;
};

struct AddressHash {
  std::size_t operator()(const Address& address) const {
    const std::uint64_t mixed = address.oid * 0x9E3779B97F4A7C15ULL ^ address.catalog << 32 ^
                                static_cast<std::uint64_t>(address.part);
    return std::hash<std::uint64_t>{}(mixed);
  }
};

Address ReadAddress(const Row& row, std::size_t column) {
  return {static_cast<std::uint64_t>(row.Integer(column)),
          static_cast<std::uint64_t>(row.Integer(column + 1)), row.Integer(column + 2)};
}

class Assembly {
 public:
  Assembly(const CatalogRows& rows, const std::vector<CatalogQuery>& queries, int server_version)
      : rows_(rows), queries_(queries), server_version_(server_version) {}

  Catalog Make() {
    ReadObjects();
    ReadComments();
    ReadAcls();
    ReadDependencies();
    return Catalog(std::move(objects_), CatalogOrigin{rows_.role, server_version_});
  }

 private:
  void ReadObjects() {
    objects_.reserve(rows_.objects.size());
    for (const Row& row : rows_.objects) {
      const auto kind = FindKind(row.Text(1));
      if (!kind) continue;
      CatalogObject object{{*kind, row.Text(6), row.Text(7)}, row.Text(5), {}, {}};
      const auto& properties = queries_[static_cast<std::size_t>(row.Integer(0))].properties;
      for (std::size_t i = 0; i < properties.size(); ++i)
        if (!row.IsNull(kFixedColumns + i))
          object.properties.Set(properties[i], row.Text(kFixedColumns + i));
      const Address address = ReadAddress(row, 2);
      if (*kind == ObjectKind::kColumn) SetPosition(object, address);
      index_.emplace(address, objects_.size());
      objects_.push_back(std::move(object));
    }
  }

  // Columns come in their order, relation by relation.
  void SetPosition(CatalogObject& column, const Address& address) {
    position_ = address.oid == relation_ ? position_ + 1 : 1;
    relation_ = address.oid;
    column.properties.Set(Property::kPosition, std::to_string(position_));
  }

  void ReadComments() {
    for (const Row& row : rows_.comments)
      if (const auto at = Exactly(ReadAddress(row, 0)))
        objects_[*at].properties.Set(Property::kComment, row.Text(3));
  }

  void ReadAcls() {
    for (const Row& row : rows_.acls) {
      const auto at = Exactly(ReadAddress(row, 0));
      if (!at) continue;
      CatalogObject& object = objects_[*at];
      Acl acl = ReadAcl(row.Text(3));
      if (object.id.kind == ObjectKind::kColumn && acl.empty()) continue;
      if (object.id.kind != ObjectKind::kColumn &&
          object.id.kind != ObjectKind::kDefaultPrivileges &&
          acl == BuiltInAcl(object.id.kind, object.Get(Property::kOwner), server_version_))
        continue;
      object.properties.Set(Property::kAcl, WriteAcl(std::move(acl)));
    }
  }

  void ReadDependencies() {
    for (const Row& row : rows_.dependencies)
      if (row.Text(6) == "i" || IsLooseMember(row))
        owners_.emplace(ReadAddress(row, 0), ReadAddress(row, 3));
    for (const Row& row : rows_.dependencies) {
      // P: a trigger of a partition, which is a copy.
      const std::string type = row.Text(6);
      if (type != "n" && type != "a" && type != "i" && !(type == "P" && row.Integer(0) == 2620))
        continue;
      const auto dependent = Resolve(ReadAddress(row, 0));
      const auto reference = Resolve(ReadAddress(row, 3));
      if (dependent && reference && *dependent != *reference) Depend(*dependent, *reference);
    }
    for (const Row& row : rows_.dependencies) {
      if (row.Text(6) != "e") continue;
      members_.emplace(ReadAddress(row, 0), ReadAddress(row, 3));
    }
    if (!members_.empty()) ReadExtensionDependencies();
    for (CatalogObject& object : objects_) {
      auto& ids = object.depends_on;
      std::sort(ids.begin(), ids.end());
      ids.erase(std::unique(ids.begin(), ids.end()), ids.end());
    }
  }

  // An operator or function that was added to an operator family (pg_amop, pg_amproc).
  static bool IsLooseMember(const Row& row) {
    constexpr std::int64_t kOperators = 2602;
    constexpr std::int64_t kFunctions = 2603;
    constexpr std::int64_t kFamily = 2753;
    const std::int64_t member = row.Integer(0);
    return row.Text(6) == "a" && (member == kOperators || member == kFunctions) &&
           row.Integer(3) == kFamily;
  }

  // What depends on a member of an extension depends on the extension.
  void ReadExtensionDependencies() {
    for (const Row& row : rows_.dependencies) {
      const std::string type = row.Text(6);
      if (type != "n" && type != "a" && type != "i") continue;
      const auto extension = ExtensionOf(ReadAddress(row, 3));
      if (!extension) continue;
      const auto dependent = Resolve(ReadAddress(row, 0));
      if (dependent) Depend(*dependent, *extension);
    }
  }

  std::optional<std::size_t> ExtensionOf(Address address) const {
    address.part = 0;
    for (int step = 0; step < 4; ++step) {
      if (const auto found = members_.find(address); found != members_.end())
        return Exactly(found->second);
      const auto owner = owners_.find(address);
      if (owner == owners_.end()) return std::nullopt;
      address = owner->second;
      address.part = 0;
    }
    return std::nullopt;
  }

  void Depend(std::size_t dependent, std::size_t reference) {
    CatalogObject& object = objects_[dependent];
    const ObjectId& id = objects_[reference].id;
    if (id.name == object.id.container && object.id.kind != ObjectKind::kColumn &&
        id.kind != ObjectKind::kColumn && id.container.empty())
      return;
    object.depends_on.push_back(id);
  }

  std::optional<std::size_t> Exactly(const Address& address) const {
    const auto found = index_.find(address);
    if (found == index_.end()) return std::nullopt;
    return found->second;
  }

  // The object there, or the one that what is there belongs to.
  std::optional<std::size_t> Resolve(Address address) const {
    for (int step = 0; step < 6; ++step) {
      if (const auto found = Exactly(address)) return found;
      const auto owner = owners_.find(address);
      if (owner != owners_.end()) {
        address = owner->second;
      } else if (address.part != 0) {
        address.part = 0;
      } else {
        return std::nullopt;
      }
    }
    return std::nullopt;
  }

  const CatalogRows& rows_;
  const std::vector<CatalogQuery>& queries_;
  const int server_version_;
  std::vector<CatalogObject> objects_;
  std::unordered_map<Address, std::size_t, AddressHash> index_;
  std::unordered_map<Address, Address, AddressHash> owners_;   // by internal dependencies
  std::unordered_map<Address, Address, AddressHash> members_;  // of extensions
  std::uint64_t relation_ = 0;
  int position_ = 0;
};

}  // namespace

Catalog AssembleCatalog(const CatalogRows& rows, const std::vector<CatalogQuery>& queries,
                        int server_version) {
  return Assembly(rows, queries, server_version).Make();
}

}  // namespace schemaop
