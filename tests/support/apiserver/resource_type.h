// What the server serves: one ResourceType per group, version and plural, and the registry of them.
#pragma once

#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "tests/support/apiserver/status_error.h"

namespace schemaop::devcluster {

// A column of `kubectl get`, as additionalPrinterColumns declares it.
struct PrinterColumn {
  std::string name;
  std::string type;  // string, integer, number, boolean, date
  std::string json_path;
  std::string description;
  std::string format;
  int priority = 0;  // 1: only with -o wide
};

// Rules of a built-in kind that no schema says; applied on writes.
enum class BuiltinRules {
  kNone,
  kSecret,     // stringData is folded into data; data is base64
  kConfigMap,  // data and binaryData
  kNamespace,  // status.phase, spec.finalizers
  kCoreEvent,
  kNewEvent,  // events.k8s.io/v1: strict
  kLease,     // MicroTime
  kCrd,       // becomes Established and is served
};

struct ResourceType {
  std::string group;  // "" is the core group
  std::string version;
  std::string kind;
  std::string plural;
  std::string singular;
  std::vector<std::string> short_names;
  std::vector<std::string> categories;
  bool namespaced = true;
  bool has_status = false;      // /status is a subresource
  bool has_generation = false;  // metadata.generation counts changes of anything but metadata
  std::string storage;          // types with one storage show the same objects: "events"
  BuiltinRules rules = BuiltinRules::kNone;
  Json schema;                          // structural schema; null: anything goes
  std::vector<PrinterColumn> columns;   // after NAME
  std::vector<std::string> selectable;  // field selectors besides metadata.name and .namespace
  bool custom = false;                  // from a CustomResourceDefinition

  std::string GroupVersion() const { return group.empty() ? version : group + "/" + version; }
  // The group for `details`, and the names for messages.
  Subject ToSubject() const { return {group, plural, kind}; }
};

using TypePtr = std::shared_ptr<const ResourceType>;

// The types served now. Safe from any thread; what it returns stays valid.
class Registry {
 public:
  // Holds the built-in types.
  Registry();

  // nullptr when it is not served.
  TypePtr Find(const std::string& group, const std::string& version,
               const std::string& plural) const;
  // The type of an object's apiVersion and kind; nullptr when it is not served.
  TypePtr FindKind(const std::string& api_version, const std::string& kind) const;
  // All types, ordered by group, version and plural.
  std::vector<TypePtr> All() const;

  // Serves (or serves anew) every served version of a CustomResourceDefinition.
  void AddCrd(const Json& crd);
  void RemoveCrd(const Json& crd);

 private:
  mutable std::mutex mutex_;
  std::map<std::string, TypePtr> types_;  // by "group/version/plural"
};

// The types kubectl and an operator need that come with every cluster.
std::vector<ResourceType> BuiltinTypes();

}  // namespace schemaop::devcluster
