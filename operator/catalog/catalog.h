// What a database's schema is: every object of it as a value.
#pragma once

#include <compare>
#include <cstddef>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "catalog/object_kind.h"
#include "catalog/property.h"

namespace schemaop {

// Which object. Never an oid: the same in every database, whatever way it came about.
struct ObjectId {
  ObjectKind kind = ObjectKind::kSchema;
  // The table, view, type, publication ... that the object is a part of, as SQL names it
  // ("app.parent"); empty for objects of their own.
  std::string container;
  // As SQL names it, quoted where needed; qualified, and with its argument types, unless the object
  // is a part: "app.parent", "app.f(integer, text)", "name".
  std::string name;

  auto operator<=>(const ObjectId&) const = default;
  bool operator==(const ObjectId&) const = default;
};

// "table app.parent", "column app.parent.name", "constraint ck on app.parent".
std::string Text(const ObjectId& id);

// "app.parent", "app.parent.name", "app.parent.ck": what exclude lists match after "kind:".
std::string Path(const ObjectId& id);

// One object.
struct CatalogObject {
  ObjectId id;
  std::string schema;  // the schema's name, not quoted; empty for objects outside of schemas
  Properties properties;
  // What it cannot be without (pg_depend), sorted, without its container and its schema. Not part
  // of what two objects are compared by.
  std::vector<ObjectId> depends_on;

  const std::string& Get(Property property) const { return properties.Get(property); }
  bool Has(Property property) const { return properties.Has(property); }

  bool operator==(const CatalogObject&) const = default;
};

// Where a catalog was read.
struct CatalogOrigin {
  std::string role;        // who read it, quoted: the owner of what it creates
  int server_version = 0;  // as PQserverVersion: 150004

  bool operator==(const CatalogOrigin&) const = default;
};

// A whole schema. Immutable; objects are sorted by id, each id is there once.
class Catalog {
 public:
  Catalog() = default;
  Catalog(std::vector<CatalogObject> objects, CatalogOrigin origin);

  const std::vector<CatalogObject>& objects() const { return objects_; }
  const CatalogOrigin& origin() const { return origin_; }
  // nullptr when there is none.
  const CatalogObject* Find(const ObjectId& id) const;
  // The objects that are parts of `container` ("app.parent"), in order of their ids.
  std::vector<const CatalogObject*> PartsOf(std::string_view container) const;
  // Those of them that are columns, by position.
  std::vector<const CatalogObject*> ColumnsOf(std::string_view container) const;

  bool operator==(const Catalog& other) const { return objects_ == other.objects_; }

 private:
  std::vector<CatalogObject> objects_;
  CatalogOrigin origin_;
  std::unordered_map<std::string, std::vector<std::size_t>> parts_;
};

}  // namespace schemaop
