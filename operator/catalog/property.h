// What objects of a catalog are described by: short texts under fixed names.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace schemaop {

// Each value is a text as the server renders it with an empty search_path: names in it are
// qualified and quoted. Flags are absent or "t". Lists have kListSeparator between their elements.
enum class Property {
  // of many kinds
  kOwner,       // role, quoted
  kAcl,         // grants as catalog/acl.h writes them; absent: what the server grants by default
  kComment,     //
  kDefinition,  // what pg_get_*def says, or the CREATE statement
  kOptions,     // list of name=value: WITH (...)
  kForeignOptions,  // list of name=value: OPTIONS (...)
  kTablespace,      // quoted; absent: the database's
  kSchema,          // where an extension is
  kEnabled,         // triggers, rules, event triggers: O, D, R, A
  // relations
  kPersistence,       // "u": unlogged; absent: permanent
  kAccessMethod,      // of a table or materialized view, when it is not heap
  kToastOptions,      // list
  kRowSecurity,       // flag
  kForceRowSecurity,  // flag
  kReplicaIdentity,   // n, f, i; absent: the default
  kOfType,            // typed table
  kParents,           // list of tables it inherits from, or the one it is a partition of
  kPartitionKey,      //
  kBound,             // FOR VALUES ..., DEFAULT: a partition
  kServer,            // of a foreign table
  kColumnOrder,       // list; only where Narrow() was told that it counts
  // columns
  kPosition,      // among the columns that are left, from 1; never compared
  kType,          // with modifiers
  kCollation,     // when it is not the type's
  kNotNull,       // flag
  kIdentity,      // "a" always, "d" by default
  kSequence,      // identity: the options of its sequence, as SQL
  kSequenceName,  // identity: the sequence, qualified
  kGenerated,     // the expression of a stored generated column
  kStorage,       // when it is not the type's
  kCompression,   //
  kStatistics,    // target, when it is not the default; of indexes: list of column:target
  kInherited,     // flag: not of its own, comes and goes with the parent's
  kOfView,        // flag: a view's column
  // constraints and indexes
  kConstraintType,  // p u c f x t
  kNotValid,        // flag: NOT VALID, or an index that is not valid
  kClustered,       // flag
  kReplicaIndex,    // flag
  kIndex,           // of a constraint: its index, qualified
  kParentIndex,     // of a partition's index or constraint: the one it belongs to
  kTable,           // the relation of an index (container is empty for indexes)
  kReferences,      // foreign keys: the other table
  kUnique,          // flag
  kKeyColumns,      // list: columns of a key or check, in order
  kOfConstraint,    // of an index: the constraint it is part of
  kOfDomain,        // flag: a domain's constraint
  // sequences
  kOwnedBy,    // table.column
  kDataType,   //
  kStart,      //
  kIncrement,  //
  kMinimum,    //
  kMaximum,    //
  kCache,      //
  kCycle,      // flag
  // types
  kLabels,       // enum: list of labels in order, as literals
  kBaseType,     // domain
  kDefaultText,  // domain
  // routines
  kSignature,   // arguments with names and defaults, and the result: what OR REPLACE cannot change
  kRestrict,    // operators: estimators
  kJoin,        //
  kConnection,  // of a subscription
  kSlot,        //
  // policies
  kCommand,     // r a w d *
  kPermissive,  // flag
  kRoles,       // list
  kUsing,       //
  kCheck,       //
  // text search, publications, foreign data
  kMappings,   // text search configuration: list of token=dictionaries
  kEvents,     // publication: publish list
  kAllTables,  // flag
  kViaRoot,    // flag
  kColumns,    // publication table: column list
  kFilter,     // publication table: WHERE
  kVersion,    // extension, server
  kMembers,    // operator family, operator class: list
};

// "owner", "acl", "row security" ...
std::string_view PropertyName(Property property);

// The property with that name; nullopt for any other text.
std::optional<Property> FindProperty(std::string_view name);

inline constexpr char kListSeparator = '\x1f';

// The properties of one object: few, sorted, compared by value.
class Properties {
 public:
  using Entry = std::pair<Property, std::string>;

  void Set(Property property, std::string value);
  void Erase(Property property);
  // The text, or "" when it is absent.
  const std::string& Get(Property property) const;
  bool Has(Property property) const;
  const std::vector<Entry>& entries() const { return entries_; }

  bool operator==(const Properties&) const = default;

 private:
  std::vector<Entry> entries_;
};

// The elements of a list property; none for "".
std::vector<std::string> ListElements(std::string_view list);

}  // namespace schemaop
