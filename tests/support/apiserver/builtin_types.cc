// The kinds every cluster has, as far as operators and `kubectl apply -k` need them.
#include "tests/support/apiserver/resource_type.h"

namespace schemaop::devcluster {
namespace {

ResourceType Make(std::string group, std::string version, std::string kind, std::string plural) {
  ResourceType type;
  type.group = std::move(group);
  type.version = std::move(version);
  type.singular = kind;
  for (char& c : type.singular) c = static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
  type.kind = std::move(kind);
  type.plural = std::move(plural);
  type.storage = type.plural + (type.group.empty() ? "" : "." + type.group);
  return type;
}

PrinterColumn Age() { return {"Age", "date", ".metadata.creationTimestamp", "", "", 0}; }

ResourceType Configuration(std::string kind, std::string plural, std::string short_name,
                           BuiltinRules rules) {
  ResourceType type = Make("", "v1", std::move(kind), std::move(plural));
  type.short_names = {std::move(short_name)};
  type.rules = rules;
  type.columns = {{"Data", "integer", "#data", "", "", 0}, Age()};
  return type;
}

ResourceType Event(std::string group, BuiltinRules rules) {
  ResourceType type = Make(std::move(group), "v1", "Event", "events");
  type.short_names = {"ev"};
  type.storage = "events";
  type.rules = rules;
  type.columns = {{"Last Seen", "date", "#lastSeen", "", "", 0},
                  {"Type", "string", ".type", "", "", 0},
                  {"Reason", "string", ".reason", "", "", 0},
                  {"Object", "string", "#object", "", "", 0},
                  {"Message", "string", "#message", "", "", 0}};
  type.selectable = {"involvedObject.kind",
                     "involvedObject.namespace",
                     "involvedObject.name",
                     "involvedObject.uid",
                     "involvedObject.apiVersion",
                     "involvedObject.resourceVersion",
                     "involvedObject.fieldPath",
                     "reason",
                     "reportingComponent",
                     "source",
                     "type"};
  return type;
}

ResourceType WithSpec(std::string group, std::string kind, std::string plural,
                      std::vector<std::string> short_names, bool has_status) {
  ResourceType type = Make(std::move(group), "v1", std::move(kind), std::move(plural));
  type.short_names = std::move(short_names);
  type.has_status = has_status;
  type.has_generation = true;
  type.columns = {Age()};
  return type;
}

ResourceType Rbac(std::string kind, std::string plural, bool namespaced) {
  ResourceType type = Make("rbac.authorization.k8s.io", "v1", std::move(kind), std::move(plural));
  type.namespaced = namespaced;
  type.columns = {Age()};
  return type;
}

}  // namespace

std::vector<ResourceType> BuiltinTypes() {
  std::vector<ResourceType> types;

  ResourceType ns = Make("", "v1", "Namespace", "namespaces");
  ns.short_names = {"ns"};
  ns.namespaced = false;
  ns.has_status = true;
  ns.rules = BuiltinRules::kNamespace;
  ns.columns = {{"Status", "string", ".status.phase", "", "", 0}, Age()};
  ns.selectable = {"status.phase"};
  types.push_back(ns);

  ResourceType secret = Configuration("Secret", "secrets", "", BuiltinRules::kSecret);
  secret.short_names.clear();
  secret.columns.insert(secret.columns.begin(), {"Type", "string", ".type", "", "", 0});
  secret.selectable = {"type"};
  types.push_back(secret);
  types.push_back(Configuration("ConfigMap", "configmaps", "cm", BuiltinRules::kConfigMap));

  ResourceType account = Make("", "v1", "ServiceAccount", "serviceaccounts");
  account.short_names = {"sa"};
  account.columns = {{"Secrets", "integer", "#secrets", "", "", 0}, Age()};
  types.push_back(account);

  types.push_back(Event("", BuiltinRules::kCoreEvent));
  types.push_back(Event("events.k8s.io", BuiltinRules::kNewEvent));

  ResourceType lease = Make("coordination.k8s.io", "v1", "Lease", "leases");
  lease.rules = BuiltinRules::kLease;
  lease.columns = {{"Holder", "string", ".spec.holderIdentity", "", "", 0}, Age()};
  types.push_back(lease);

  ResourceType crd = WithSpec("apiextensions.k8s.io", "CustomResourceDefinition",
                              "customresourcedefinitions", {"crd", "crds"}, true);
  crd.namespaced = false;
  crd.categories = {"api-extensions"};
  crd.rules = BuiltinRules::kCrd;
  crd.columns = {{"Created At", "string", ".metadata.creationTimestamp", "", "", 0}};
  types.push_back(crd);

  types.push_back(WithSpec("", "Service", "services", {"svc"}, true));
  types.push_back(WithSpec("", "Pod", "pods", {"po"}, true));
  types.push_back(WithSpec("", "PersistentVolumeClaim", "persistentvolumeclaims", {"pvc"}, true));
  types.push_back(WithSpec("apps", "Deployment", "deployments", {"deploy"}, true));
  types.push_back(WithSpec("apps", "StatefulSet", "statefulsets", {"sts"}, true));
  types.push_back(WithSpec("batch", "Job", "jobs", {}, true));
  types.push_back(WithSpec("batch", "CronJob", "cronjobs", {"cj"}, true));
  types.push_back(WithSpec("policy", "PodDisruptionBudget", "poddisruptionbudgets", {"pdb"}, true));
  types.push_back(
      WithSpec("networking.k8s.io", "NetworkPolicy", "networkpolicies", {"netpol"}, false));
  types.push_back(Rbac("Role", "roles", true));
  types.push_back(Rbac("RoleBinding", "rolebindings", true));
  types.push_back(Rbac("ClusterRole", "clusterroles", false));
  types.push_back(Rbac("ClusterRoleBinding", "clusterrolebindings", false));
  return types;
}

}  // namespace schemaop::devcluster
