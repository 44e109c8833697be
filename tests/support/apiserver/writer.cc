#include "tests/support/apiserver/writer.h"

#include <fmt/format.h>

#include "tests/support/apiserver/builtin_rules.h"
#include "tests/support/apiserver/encoding.h"
#include "tests/support/apiserver/managed_fields.h"
#include "tests/support/apiserver/object_rules.h"
#include "tests/support/apiserver/patch.h"
#include "tests/support/apiserver/structural_schema.h"

namespace schemaop::devcluster {
namespace {

const char* const kStale =
    "the object has been modified; please apply your changes to the latest version and try again";

FieldWriter WriterOf(const Target& target, const WriteOptions& options) {
  return {options.manager, target.type->GroupVersion(), target.subresource, NowSeconds()};
}

// Schema, built-in rules and metadata at once, as one 422.
Answer<void> ValidateAll(const Target& target, const Json& object, const Json* old) {
  const ResourceType& type = *target.type;
  if (const std::string error = DecodingError(type, object); !error.empty())
    return BadRequest(error);
  std::vector<Cause> causes = ValidateMetadata(object);
  if (old) {
    for (Cause& cause : ValidateMetadataUpdate(*old, object)) causes.push_back(std::move(cause));
  }
  for (Cause& cause : Validate(object, type.schema)) causes.push_back(std::move(cause));
  for (Cause& cause : ValidateBuiltin(type, object, old)) causes.push_back(std::move(cause));
  if (causes.empty()) return {};
  return Invalid(type.ToSubject(), object["metadata"].value("name", ""), std::move(causes));
}

bool HasFinalizers(const Json& object) {
  return !object["metadata"].value("finalizers", Json::array()).empty();
}

bool Dying(const Json& object) { return object["metadata"].contains("deletionTimestamp"); }

Refusal VersionRequired(const Target& target) {
  const ResourceType& type = *target.type;
  // The real server speaks of the plural here.
  return Invalid(
      {type.group, type.plural, type.plural}, target.name,
      {InvalidValue("metadata.resourceVersion", "0x0", "must be specified for an update")});
}

void StampNew(const Target& target, Json& object) {
  Json& metadata = object["metadata"];
  for (const char* key : {"deletionTimestamp", "deletionGracePeriodSeconds", "selfLink"}) {
    metadata.erase(key);
  }
  metadata["uid"] = RandomUid();
  metadata["creationTimestamp"] = NowSeconds();
  if (target.type->has_generation) metadata["generation"] = 1;
}

}  // namespace

Json Writer::Commit(const Target& target, Json object) {
  const ObjectPtr stored = store_.Put(target.Key(), ToStored(*target.type, std::move(object)));
  if (target.type->rules == BuiltinRules::kCrd) registry_.AddCrd(*stored);
  return FromStored(*target.type, *stored);
}

Answer<Written> Writer::Create(const Target& target, Json body, const WriteOptions& options) {
  const std::lock_guard lock(mutex_);
  return CreateLocked(target, std::move(body), options, false);
}

Answer<Written> Writer::CreateLocked(const Target& given, Json body, const WriteOptions& options,
                                     bool by_apply) {
  Target target = given;
  const ResourceType& type = *target.type;
  if (auto right = CheckIdentity(target, body); !right) return Refusal(right.error());
  auto warnings = PruneUnknown(type, body, options.validation);
  if (!warnings) return Refusal(warnings.error());
  Json& metadata = body["metadata"];
  if (metadata.contains("resourceVersion") && metadata["resourceVersion"] != "") {
    return BadRequest("resourceVersion should not be set on objects to be created");
  }
  if (target.type->namespaced) {
    const ObjectPtr ns = store_.Get({"namespaces", "", target.ns});
    const Subject namespaces{"", "namespaces", "Namespace"};
    if (!ns) return NotFound(namespaces, target.ns);
    if (Dying(*ns)) {
      auto refusal =
          Forbidden(type.ToSubject(), metadata.value("name", ""),
                    fmt::format("unable to create new content in namespace {} because it "
                                "is being terminated",
                                target.ns));
      refusal.value().causes = {{"NamespaceTerminating",
                                 fmt::format("namespace {} is being terminated", target.ns),
                                 "metadata.namespace"}};
      return refusal;
    }
  }
  if (metadata.value("name", "").empty() && !metadata.value("generateName", "").empty()) {
    metadata["name"] = metadata.value("generateName", "") + RandomSuffix();
  }
  StampNew(target, body);
  DropEmptyMetadata(body);
  if (type.has_status) body.erase("status");
  ApplyDefaults(body, type.schema);
  PrepareBuiltin(type, body, nullptr);
  if (auto valid = ValidateAll(target, body, nullptr); !valid) return Refusal(valid.error());
  target.name = metadata.value("name", "");
  if (store_.Get(target.Key())) return AlreadyExists(type.ToSubject(), target.name);
  if (!by_apply) {
    metadata.erase("managedFields");
    RecordUpdate(Json::object(), body, type.schema, WriterOf(target, options));
  }
  Written written{201, {}, std::move(*warnings)};
  written.object = options.dry_run ? std::move(body) : Commit(target, std::move(body));
  return written;
}

Answer<Written> Writer::Replace(const Target& target, Json body, const WriteOptions& options) {
  const std::lock_guard lock(mutex_);
  if (auto right = CheckIdentity(target, body); !right) return Refusal(right.error());
  const ObjectPtr stored = store_.Get(target.Key());
  if (!stored) return NotFound(target.type->ToSubject(), target.name);
  const bool named_version = !body["metadata"].value("resourceVersion", "").empty();
  if (target.type->custom && !named_version) return VersionRequired(target);
  return UpdateLocked(target, FromStored(*target.type, *stored), std::move(body), options, false);
}

Answer<Written> Writer::UpdateLocked(const Target& target, const Json& old, Json updated,
                                     const WriteOptions& options, bool by_apply) {
  const ResourceType& type = *target.type;
  if (auto right = CheckIdentity(target, updated); !right) return Refusal(right.error());
  const std::string version = updated["metadata"].value("resourceVersion", "");
  if (!version.empty() && version != old["metadata"]["resourceVersion"]) {
    return Conflict(type.ToSubject(), target.name, kStale);
  }
  auto warnings = PruneUnknown(type, updated, options.validation);
  if (!warnings) return Refusal(warnings.error());
  if (target.subresource.empty()) {
    std::vector<Cause> causes = ValidateMetadataUpdate(old, updated);
    if (!causes.empty()) return Invalid(type.ToSubject(), target.name, std::move(causes));
  }

  if (target.subresource == "status") {
    Json with_status = old;
    if (updated.contains("status")) {
      with_status["status"] = updated["status"];
    } else {
      with_status.erase("status");
    }
    if (updated["metadata"].contains("managedFields")) {
      with_status["metadata"]["managedFields"] = updated["metadata"]["managedFields"];
    }
    updated = std::move(with_status);
  } else if (type.has_status) {
    updated.erase("status");
    if (old.contains("status")) updated["status"] = old["status"];
  }
  KeepServerMetadata(old, updated);
  DropEmptyMetadata(updated);
  ApplyDefaults(updated, type.schema);
  PrepareBuiltin(type, updated, &old);
  if (auto valid = ValidateAll(target, updated, &old); !valid) return Refusal(valid.error());
  if (type.has_generation && ContentDiffers(type, old, updated)) {
    updated["metadata"]["generation"] = old["metadata"].value("generation", 0) + 1;
  }
  if (!by_apply) {
    Json& metadata = updated["metadata"];
    if (!metadata.contains("managedFields") && old["metadata"].contains("managedFields")) {
      metadata["managedFields"] = old["metadata"]["managedFields"];
    }
    RecordUpdate(old, updated, type.schema, WriterOf(target, options));
  }

  Written written{200, {}, std::move(*warnings)};
  if (updated == old || options.dry_run) {
    written.object = std::move(updated);
  } else if (Dying(updated) && !HasFinalizers(updated) && type.rules != BuiltinRules::kNamespace) {
    RemoveObject(target);
    written.object = std::move(updated);
  } else {
    written.object = Commit(target, std::move(updated));
  }
  return written;
}

Answer<Written> Writer::Patch(const Target& target, PatchKind kind, const Json& patch,
                              const WriteOptions& options) {
  const std::lock_guard lock(mutex_);
  if (kind == PatchKind::kApply) return ApplyLocked(target, patch, options);
  return PatchLocked(target, kind, patch, options);
}

Answer<Written> Writer::PatchLocked(const Target& target, PatchKind kind, const Json& patch,
                                    const WriteOptions& options) {
  const ObjectPtr stored = store_.Get(target.Key());
  if (!stored) return NotFound(target.type->ToSubject(), target.name);
  const Json old = FromStored(*target.type, *stored);
  Answer<Json> patched = kind == PatchKind::kMerge  ? ApplyMergePatch(old, patch)
                         : kind == PatchKind::kJson ? ApplyJsonPatch(old, patch)
                                                    : ApplyStrategicPatch(old, patch);
  if (!patched) return Refusal(patched.error());
  return UpdateLocked(target, old, std::move(*patched), options, false);
}

Answer<Written> Writer::ApplyLocked(const Target& target, const Json& patch,
                                    const WriteOptions& options) {
  const ResourceType& type = *target.type;
  Json applied = patch;
  const std::string version = applied.is_object() ? applied.value("apiVersion", "") : "";
  if (version != type.GroupVersion()) {
    return BadRequest(
        fmt::format("Incorrect version specified in apply patch. Specified patch version: {}, "
                    "expected: {}",
                    version, type.GroupVersion()));
  }
  if (auto right = CheckIdentity(target, applied); !right) return Refusal(right.error());
  if (!applied["metadata"].value("managedFields", Json::array()).empty()) {
    return BadRequest("metadata.managedFields must be nil");
  }
  auto warnings = PruneUnknown(type, applied, options.validation);
  if (!warnings) return Refusal(warnings.error());
  if (type.has_status && target.subresource.empty()) applied.erase("status");
  if (target.subresource == "status") {
    Json only_status = {{"apiVersion", applied["apiVersion"]},
                        {"kind", applied["kind"]},
                        {"metadata", applied["metadata"]}};
    if (applied.contains("status")) only_status["status"] = applied["status"];
    applied = std::move(only_status);
  }
  const ObjectPtr stored = store_.Get(target.Key());
  if (!stored && !target.subresource.empty()) return NotFound(type.ToSubject(), target.name);
  const Json old = stored ? FromStored(type, *stored) : Json::object();
  auto merged =
      ServerSideApply(old, applied, type.schema, WriterOf(target, options), options.force);
  if (!merged) return Refusal(merged.error());
  auto written = stored ? UpdateLocked(target, old, std::move(*merged), options, true)
                        : CreateLocked(target, std::move(*merged), options, true);
  if (written) written->warnings = std::move(*warnings);
  return written;
}

}  // namespace schemaop::devcluster
