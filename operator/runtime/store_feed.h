// Objects as a server sends them on their way into a store.
#pragma once

#include <cstddef>
#include <functional>
#include <memory>
#include <optional>
#include <string>

#include <nlohmann/json_fwd.hpp>

#include "api/object_meta.h"
#include "base/error.h"
#include "base/logger.h"
#include "runtime/store.h"

namespace schemaop {

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

// Fills the part of `store` that is of one kind and namespace (empty: all). One thread; the store
// outlives it.
class StoreFeed {
 public:
  StoreFeed(UntypedStore& store, std::string plural, std::string namespace_name, UntypedParse parse,
            UntypedOnChange on_change, Logger logger);

  // Adds `object` to the pages of a list read so far.
  void Collect(const nlohmann::json& object, UntypedStore::Objects& objects) const;

  // A complete list is what there is. How many keys it, or what was there before, has.
  std::size_t Publish(UntypedStore::Objects objects);

  // What a watch said of one object.
  void Put(const nlohmann::json& object);
  void Erase(const nlohmann::json& object);

 private:
  std::optional<ParsedObject> Parse(const nlohmann::json& object) const;
  void Tell(const UntypedChange& change) const {
    if (on_change_) on_change_(change);
  }

  UntypedStore& store_;
  const std::string plural_;
  const std::string namespace_name_;
  const UntypedParse parse_;
  const UntypedOnChange on_change_;
  const Logger logger_;
  bool published_ = false;
};

// The functions of a kind T, which has a member `metadata` (api/object_meta.h).
template <typename T>
UntypedParse Untyped(std::function<Result<T>(const nlohmann::json&)> parse) {
  return [parse = std::move(parse)](const nlohmann::json& object) -> Result<ParsedObject> {
    Result<T> parsed = parse(object);
    if (!parsed) return Fail(std::move(parsed).error());
    const ObjectKey key = parsed->metadata.key();
    return ParsedObject{key, std::make_shared<const T>(*std::move(parsed))};
  };
}

template <typename T>
struct Change {
  ObjectKey key;
  std::shared_ptr<const T> before;  // null: new
  std::shared_ptr<const T> after;   // null: deleted
  bool initial = false;             // from the first list: nothing happened, it was there
};

// `on_change` may be empty.
template <typename T>
UntypedOnChange Untyped(std::function<void(const Change<T>&)> on_change) {
  return [on_change = std::move(on_change)](const UntypedChange& change) {
    if (!on_change) return;
    on_change(Change<T>{change.key, std::static_pointer_cast<const T>(change.before),
                        std::static_pointer_cast<const T>(change.after), change.initial});
  };
}

}  // namespace schemaop
