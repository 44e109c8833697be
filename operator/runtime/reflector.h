// Keeps a Store equal to what the API server holds: list, then watch, for ever (client-go's
// reflector).
#pragma once

#include <functional>
#include <memory>
#include <stop_token>
#include <utility>

#include <nlohmann/json_fwd.hpp>

#include "base/error.h"
#include "base/logger.h"
#include "kube/client.h"
#include "runtime/list_watch.h"
#include "runtime/store.h"
#include "runtime/store_feed.h"

namespace schemaop {

// One kind in one namespace (or all). Several may fill one store as long as their namespaces
// differ. Its `client` and `store` outlive it.
class Reflector {
 public:
  Reflector(KubeClient& client, ReflectorOptions options, UntypedStore& store, UntypedParse parse,
            UntypedOnChange on_change, Logger logger);
  ~Reflector();
  Reflector(const Reflector&) = delete;
  Reflector& operator=(const Reflector&) = delete;

  // Lists and watches until `stop`; never gives up. Call once, on a thread of its own.
  void Run(std::stop_token stop);

  // Whether the store has held the first complete list. Never becomes false again. Thread-safe.
  bool HasSynced() const;

  // Waits for HasSynced; false when `stop` came first. Thread-safe.
  bool WaitUntilSynced(std::stop_token stop) const;

  // kUnavailable when by `now` its thread has begun neither a list nor a watch for longer than any
  // of them may take. For /healthz. Thread-safe.
  Result<void> CheckTurning(ListWatch::Clock::time_point now) const;

  // Why the last list or watch failed; an empty message while all is well. For /readyz.
  // Thread-safe.
  Error LastError() const;

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

// The reflector that fills `store`. `parse` gives a T with a member `metadata` (api/object_meta.h).
// `on_change` may be empty; see UntypedOnChange.
template <typename T>
std::unique_ptr<Reflector> MakeReflector(KubeClient& client, ReflectorOptions options,
                                         Store<T>& store,
                                         std::function<Result<T>(const nlohmann::json&)> parse,
                                         std::function<void(const Change<T>&)> on_change,
                                         Logger logger) {
  return std::make_unique<Reflector>(client, std::move(options), store.untyped(),
                                     Untyped<T>(std::move(parse)), Untyped<T>(std::move(on_change)),
                                     std::move(logger));
}

}  // namespace schemaop
