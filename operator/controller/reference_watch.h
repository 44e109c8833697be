// Watching the Secrets and ConfigMaps that SchemaVersions name, where somebody has allowed it: what
// changed is looked at within a second instead of within half a minute.
#pragma once

#include <memory>
#include <set>
#include <string>
#include <vector>

#include "base/logger.h"
#include "controller/reference_index.h"
#include "kube/client.h"
#include "runtime/reflector.h"
#include "runtime/store.h"
#include "runtime/work_queue.h"

namespace schemaop {

struct ReferenceWatchOptions {
  std::set<ReferenceKind> kinds;     // empty, the default: nothing is listed or watched
  std::string label_selector;        // only objects with these labels; empty: all
  std::set<std::string> namespaces;  // {""}: all
};

// All that is kept of a Secret or ConfigMap: its name and version. Its content is read by name when
// a SchemaVersion is reconciled, watched or not.
struct WatchedObject {
  ObjectMeta metadata;
};

// What it is given outlives it.
class ReferenceWatch {
 public:
  // Adds to `queue` the dependents that `index` knows of each object that appears, changes or goes.
  ReferenceWatch(const ReferenceWatchOptions& options, KubeClient& client,
                 const ReferenceIndex& index, WorkQueue& queue, const Logger& logger);

  // Each to be run on a thread of its own. One that may not list waits and says so in the log;
  // nothing else waits for it.
  const std::vector<std::unique_ptr<Reflector>>& reflectors() const { return reflectors_; }

 private:
  Store<WatchedObject> secrets_;
  Store<WatchedObject> config_maps_;
  std::vector<std::unique_ptr<Reflector>> reflectors_;
};

}  // namespace schemaop
