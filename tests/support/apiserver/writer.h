// Every change of an object: creation, replacement, patches, deletion, and the rules around them.
#pragma once

#include <functional>
#include <mutex>
#include <string>
#include <vector>

#include "tests/support/apiserver/resource_type.h"
#include "tests/support/apiserver/store.h"

namespace schemaop::devcluster {

// The object (or collection, when `name` is empty) a request is about.
struct Target {
  TypePtr type;
  std::string ns;
  std::string name;
  std::string subresource;  // "" or "status"

  ObjectKey Key() const { return {type->storage, type->namespaced ? ns : "", name}; }
};

struct WriteOptions {
  bool dry_run = false;
  bool force = false;      // of server-side apply
  std::string manager;     // fieldManager, or derived from the User-Agent
  std::string validation;  // Strict, Warn or Ignore
};

struct DeleteOptions {
  bool dry_run = false;
  std::string propagation;  // Background, Foreground or Orphan
  std::string uid;          // preconditions; empty: none
  std::string version;
};

enum class PatchKind { kMerge, kJson, kStrategic, kApply };

struct Written {
  int code = 200;
  Json object;
  std::vector<std::string> warnings;  // for Warning headers
};

// Serialises all writes. Safe from any thread.
class Writer {
 public:
  Writer(Store& store, Registry& registry) : store_(store), registry_(registry) {}

  Answer<Written> Create(const Target& target, Json body, const WriteOptions& options);
  Answer<Written> Replace(const Target& target, Json body, const WriteOptions& options);
  Answer<Written> Patch(const Target& target, PatchKind kind, const Json& patch,
                        const WriteOptions& options);
  // The object when finalizers hold it, else a Status of success.
  Answer<Written> Delete(const Target& target, const DeleteOptions& options);

 private:
  Answer<Written> CreateLocked(const Target& target, Json body, const WriteOptions& options,
                               bool by_apply);
  Answer<Written> UpdateLocked(const Target& target, const Json& old, Json updated,
                               const WriteOptions& options, bool by_apply);
  Answer<Written> DeleteLocked(const Target& target, const DeleteOptions& options);
  Answer<Written> ApplyLocked(const Target& target, const Json& applied,
                              const WriteOptions& options);
  Answer<Written> PatchLocked(const Target& target, PatchKind kind, const Json& patch,
                              const WriteOptions& options);
  Json Commit(const Target& target, Json object);
  void RemoveObject(const Target& target);
  void CollectDependents(const std::string& uid);
  void EmptyNamespace(const std::string& ns);
  void FinishNamespace(const std::string& ns);

  Store& store_;
  Registry& registry_;
  std::mutex mutex_;
};

}  // namespace schemaop::devcluster
