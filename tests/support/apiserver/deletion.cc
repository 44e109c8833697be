// The deleting half of Writer, with what the garbage collector and the namespace controller do in a
// real cluster: both run at once here, inside the request.
#include <fmt/format.h>

#include "tests/support/apiserver/builtin_rules.h"
#include "tests/support/apiserver/encoding.h"
#include "tests/support/apiserver/writer.h"

namespace schemaop::devcluster {
namespace {

// The real server names the kind, not the plural, in these two.
Refusal PreconditionFailed(const ResourceType& type, const std::string& name,
                           const std::string& why) {
  return Conflict({type.group, type.kind, type.kind}, name, why);
}

Answer<void> CheckPreconditions(const ResourceType& type, const Json& object,
                                const DeleteOptions& options) {
  const Json& metadata = object["metadata"];
  const std::string uid = metadata.value("uid", "");
  const std::string version = metadata.value("resourceVersion", "");
  const std::string name = metadata.value("name", "");
  if (!options.uid.empty() && options.uid != uid) {
    return PreconditionFailed(
        type, name,
        fmt::format("the UID in the precondition ({}) does not match the UID in record ({}). The "
                    "object might have been deleted and then recreated",
                    options.uid, uid));
  }
  if (!options.version.empty() && options.version != version) {
    return PreconditionFailed(
        type, name,
        fmt::format("the ResourceVersion in the precondition ({}) does not match the "
                    "ResourceVersion in record ({}). The object might have been modified",
                    options.version, version));
  }
  return {};
}

Json Success(const ResourceType& type, const Json& object) {
  Json details = {{"name", object["metadata"]["name"]},
                  {"kind", type.plural},
                  {"uid", object["metadata"]["uid"]}};
  if (!type.group.empty()) details["group"] = type.group;
  return {{"kind", "Status"},
          {"apiVersion", "v1"},
          {"metadata", Json::object()},
          {"status", "Success"},
          {"details", details}};
}

void MarkDying(Json& object) {
  Json& metadata = object["metadata"];
  if (metadata.contains("deletionTimestamp")) return;
  metadata["deletionTimestamp"] = NowSeconds();
  metadata["deletionGracePeriodSeconds"] = 0;
  if (metadata.contains("generation")) {
    metadata["generation"] = metadata["generation"].get<std::int64_t>() + 1;
  }
}

}  // namespace

Answer<Written> Writer::Delete(const Target& target, const DeleteOptions& options) {
  const std::lock_guard lock(mutex_);
  return DeleteLocked(target, options);
}

Answer<Written> Writer::DeleteLocked(const Target& target, const DeleteOptions& options) {
  const ResourceType& type = *target.type;
  const ObjectPtr stored = store_.Get(target.Key());
  if (!stored) return NotFound(type.ToSubject(), target.name);
  Json object = FromStored(type, *stored);
  if (auto met = CheckPreconditions(type, object, options); !met) return Refusal(met.error());
  const bool held = !object["metadata"].value("finalizers", Json::array()).empty();
  const bool is_namespace = type.rules == BuiltinRules::kNamespace;
  if (options.dry_run) return Written{200, held ? object : Success(type, object), {}};
  if (!held && !is_namespace) {
    RemoveObject(target);
    return Written{200, Success(type, object), {}};
  }
  const Json before = object;
  MarkDying(object);
  if (is_namespace) PrepareBuiltin(type, object, &before);
  if (object != before) object = Commit(target, std::move(object));
  if (is_namespace) EmptyNamespace(target.name);
  return Written{200, std::move(object), {}};
}

void Writer::RemoveObject(const Target& target) {
  const ObjectPtr final_state = store_.Remove(target.Key());
  if (target.type->rules == BuiltinRules::kCrd) {
    const Json spec = final_state->value("spec", Json::object());
    const std::string storage =
        spec.value("names", Json::object()).value("plural", "") + "." + spec.value("group", "");
    for (const auto& [key, object] : store_.List(storage, "").objects) store_.Remove(key);
    registry_.RemoveCrd(*final_state);
  }
  CollectDependents((*final_state)["metadata"].value("uid", ""));
  if (target.type->namespaced) FinishNamespace(target.ns);
}

void Writer::CollectDependents(const std::string& uid) {
  for (const TypePtr& type : registry_.All()) {
    for (const auto& [key, object] : store_.List(type->storage, "").objects) {
      const Json owners = (*object)["metadata"].value("ownerReferences", Json::array());
      const bool owned = owners.size() == 1 && owners[0].value("uid", "") == uid;
      if (owned && store_.Get(key)) (void)DeleteLocked({type, key.ns, key.name, ""}, {});
    }
  }
}

void Writer::EmptyNamespace(const std::string& ns) {
  for (const TypePtr& type : registry_.All()) {
    if (!type->namespaced) continue;
    for (const auto& [key, object] : store_.List(type->storage, ns).objects) {
      if (store_.Get(key)) (void)DeleteLocked({type, ns, key.name, ""}, {});
    }
  }
  FinishNamespace(ns);
}

void Writer::FinishNamespace(const std::string& ns) {
  const ObjectKey key{"namespaces", "", ns};
  const ObjectPtr object = store_.Get(key);
  if (!object || !(*object)["metadata"].contains("deletionTimestamp")) return;
  for (const TypePtr& type : registry_.All()) {
    if (type->namespaced && !store_.List(type->storage, ns).objects.empty()) return;
  }
  store_.Remove(key);
}

}  // namespace schemaop::devcluster
