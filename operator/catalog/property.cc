#include "catalog/property.h"

#include <algorithm>
#include <array>
#include <cstddef>

#include "base/text.h"

namespace schemaop {

namespace {

using Entry = std::pair<Property, std::string_view>;

constexpr std::array kNames = {
    Entry{Property::kOwner, "owner"},
    Entry{Property::kAcl, "acl"},
    Entry{Property::kComment, "comment"},
    Entry{Property::kDefinition, "definition"},
    Entry{Property::kOptions, "options"},
    Entry{Property::kForeignOptions, "foreign options"},
    Entry{Property::kTablespace, "tablespace"},
    Entry{Property::kSchema, "schema"},
    Entry{Property::kEnabled, "enabled"},
    Entry{Property::kPersistence, "persistence"},
    Entry{Property::kAccessMethod, "access method"},
    Entry{Property::kToastOptions, "toast options"},
    Entry{Property::kRowSecurity, "row security"},
    Entry{Property::kForceRowSecurity, "force row security"},
    Entry{Property::kReplicaIdentity, "replica identity"},
    Entry{Property::kOfType, "of type"},
    Entry{Property::kParents, "parents"},
    Entry{Property::kPartitionKey, "partition key"},
    Entry{Property::kBound, "bound"},
    Entry{Property::kServer, "server"},
    Entry{Property::kColumnOrder, "column order"},
    Entry{Property::kPosition, "position"},
    Entry{Property::kType, "type"},
    Entry{Property::kCollation, "collation"},
    Entry{Property::kNotNull, "not null"},
    Entry{Property::kIdentity, "identity"},
    Entry{Property::kSequence, "sequence"},
    Entry{Property::kSequenceName, "sequence name"},
    Entry{Property::kGenerated, "generated"},
    Entry{Property::kStorage, "storage"},
    Entry{Property::kCompression, "compression"},
    Entry{Property::kStatistics, "statistics"},
    Entry{Property::kInherited, "inherited"},
    Entry{Property::kOfView, "of view"},
    Entry{Property::kConstraintType, "constraint type"},
    Entry{Property::kNotValid, "not valid"},
    Entry{Property::kClustered, "clustered"},
    Entry{Property::kReplicaIndex, "replica index"},
    Entry{Property::kIndex, "index"},
    Entry{Property::kParentIndex, "parent index"},
    Entry{Property::kTable, "table"},
    Entry{Property::kReferences, "references"},
    Entry{Property::kUnique, "unique"},
    Entry{Property::kKeyColumns, "key columns"},
    Entry{Property::kOfConstraint, "of constraint"},
    Entry{Property::kOfDomain, "of domain"},
    Entry{Property::kOwnedBy, "owned by"},
    Entry{Property::kDataType, "data type"},
    Entry{Property::kStart, "start"},
    Entry{Property::kIncrement, "increment"},
    Entry{Property::kMinimum, "minimum"},
    Entry{Property::kMaximum, "maximum"},
    Entry{Property::kCache, "cache"},
    Entry{Property::kCycle, "cycle"},
    Entry{Property::kLabels, "labels"},
    Entry{Property::kBaseType, "base type"},
    Entry{Property::kDefaultText, "default text"},
    Entry{Property::kSignature, "signature"},
    Entry{Property::kRestrict, "restrict"},
    Entry{Property::kJoin, "join"},
    Entry{Property::kConnection, "connection"},
    Entry{Property::kSlot, "slot"},
    Entry{Property::kCommand, "command"},
    Entry{Property::kPermissive, "permissive"},
    Entry{Property::kRoles, "roles"},
    Entry{Property::kUsing, "using"},
    Entry{Property::kCheck, "check"},
    Entry{Property::kMappings, "mappings"},
    Entry{Property::kEvents, "events"},
    Entry{Property::kAllTables, "all tables"},
    Entry{Property::kViaRoot, "via root"},
    Entry{Property::kColumns, "columns"},
    Entry{Property::kFilter, "filter"},
    Entry{Property::kVersion, "version"},
    Entry{Property::kMembers, "members"},
};

// So that a property is an index.
constexpr bool InOrder() {
  for (std::size_t i = 0; i < kNames.size(); ++i)
    if (kNames[i].first != static_cast<Property>(i)) return false;
  return true;
}
static_assert(InOrder());
static_assert(kNames.back().first == Property::kMembers);

bool Before(const Properties::Entry& entry, Property property) { return entry.first < property; }

}  // namespace

std::string_view PropertyName(Property property) {
  return kNames[static_cast<std::size_t>(property)].second;
}

std::optional<Property> FindProperty(std::string_view name) {
  for (const auto& [property, text] : kNames)
    if (text == name) return property;
  return std::nullopt;
}

void Properties::Set(Property property, std::string value) {
  const auto at = std::lower_bound(entries_.begin(), entries_.end(), property, Before);
  if (at != entries_.end() && at->first == property)
    at->second = std::move(value);
  else
    entries_.emplace(at, property, std::move(value));
}

void Properties::Erase(Property property) {
  std::erase_if(entries_, [&](const Entry& entry) { return entry.first == property; });
}

const std::string& Properties::Get(Property property) const {
  static const std::string kAbsent;
  const auto at = std::lower_bound(entries_.begin(), entries_.end(), property, Before);
  return at != entries_.end() && at->first == property ? at->second : kAbsent;
}

bool Properties::Has(Property property) const {
  const auto at = std::lower_bound(entries_.begin(), entries_.end(), property, Before);
  return at != entries_.end() && at->first == property;
}

std::vector<std::string> ListElements(std::string_view list) {
  if (list.empty()) return {};
  return Split(list, kListSeparator);
}

}  // namespace schemaop
