// Keeps a Store equal to what the API server holds: list, then watch, for ever (client-go's
// reflector).
#pragma once

#include <chrono>
#include <functional>
#include <memory>
#include <stop_token>
#include <string>
#include <utility>

#include <nlohmann/json_fwd.hpp>

#include "api/object_meta.h"
#include "base/error.h"
#include "base/logger.h"
#include "kube/client.h"
#include "kube/paths.h"
#include "runtime/store.h"

namespace schemaop {

// Which objects, and the paces of client-go's reflector. Tests shorten the paces.
struct ReflectorOptions {
  ApiResource resource;
  std::string namespace_name;  // empty: all namespaces
  std::string field_selector;  // "metadata.name=x"; empty: none
  int page_size = 500;
  std::chrono::milliseconds backoff_first{800};  // doubles up to backoff_most; each wait is [d, 2d)
  std::chrono::milliseconds backoff_most{30000};
  std::chrono::milliseconds backoff_reset{
      120000};  // a watch healthy for this long resets the backoff
  std::chrono::milliseconds refused_wait{60000};  // after 403, or 404 of the whole kind
  std::chrono::seconds watch_timeout_least{300};  // timeoutSeconds is random in [least, 2 * least]
  std::chrono::milliseconds short_watch{
      1000};  // a watch that ends sooner without an event is an error
  std::chrono::milliseconds quiet_limit{
      180000};  // no byte for so long although bookmarks come: dead
};

// An object as the reflector keeps it: its key and its typed snapshot.
struct ParsedObject {
  ObjectKey key;
  std::shared_ptr<const void> object;
};

// Reads one object as the server sent it. An object it refuses is logged and kept out of the store
// (an older state of it is removed); the stream goes on.
using UntypedParse = std::function<Result<ParsedObject>(const nlohmann::json& object)>;

// Told after the store has changed, from the reflector's thread, with no lock held. After a relist
// it comes for every key of before and after, changed or not.
using UntypedOnChange = std::function<void(const UntypedChange& change)>;

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

  // Why the last list or watch failed; an empty message while all is well. For /readyz.
  // Thread-safe.
  Error LastError() const;

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

template <typename T>
struct Change {
  ObjectKey key;
  std::shared_ptr<const T> before;  // null: new
  std::shared_ptr<const T> after;   // null: deleted
};

// The reflector that fills `store`. `parse` gives a T with a member `metadata` (api/object_meta.h).
// `on_change` may be empty; see UntypedOnChange.
template <typename T>
std::unique_ptr<Reflector> MakeReflector(KubeClient& client, ReflectorOptions options,
                                         Store<T>& store,
                                         std::function<Result<T>(const nlohmann::json&)> parse,
                                         std::function<void(const Change<T>&)> on_change,
                                         Logger logger) {
  UntypedParse untyped_parse =
      [parse = std::move(parse)](const nlohmann::json& object) -> Result<ParsedObject> {
    Result<T> parsed = parse(object);
    if (!parsed) return Fail(std::move(parsed).error());
    const ObjectKey key = parsed->metadata.key();
    return ParsedObject{key, std::make_shared<const T>(*std::move(parsed))};
  };
  UntypedOnChange untyped_on_change = [on_change =
                                           std::move(on_change)](const UntypedChange& change) {
    if (!on_change) return;
    on_change(Change<T>{change.key, std::static_pointer_cast<const T>(change.before),
                        std::static_pointer_cast<const T>(change.after)});
  };
  return std::make_unique<Reflector>(client, std::move(options), store.untyped(),
                                     std::move(untyped_parse), std::move(untyped_on_change),
                                     std::move(logger));
}

}  // namespace schemaop
