#include "runtime/store_feed.h"

#include <utility>
#include <vector>

#include <nlohmann/json.hpp>

namespace schemaop {
namespace {

// The key of an object that cannot be parsed otherwise.
std::optional<ObjectKey> KeyOf(const nlohmann::json& object) {
  const auto metadata = object.find("metadata");
  if (metadata == object.end() || !metadata->is_object()) return std::nullopt;
  const auto text = [&](const char* name) {
    const auto member = metadata->find(name);
    return member != metadata->end() && member->is_string() ? member->get<std::string>()
                                                            : std::string();
  };
  ObjectKey key{text("namespace"), text("name")};
  if (key.name.empty()) return std::nullopt;
  return key;
}

}  // namespace

StoreFeed::StoreFeed(UntypedStore& store, std::string plural, std::string namespace_name,
                     UntypedParse parse, UntypedOnChange on_change, Logger logger)
    : store_(store),
      plural_(std::move(plural)),
      namespace_name_(std::move(namespace_name)),
      parse_(std::move(parse)),
      on_change_(std::move(on_change)),
      logger_(std::move(logger)) {}

std::optional<ParsedObject> StoreFeed::Parse(const nlohmann::json& object) const {
  Result<ParsedObject> parsed = parse_(object);
  if (parsed) return *std::move(parsed);
  const auto key = KeyOf(object);
  logger_.Error("object cannot be read and is left out",
                {{"resource", plural_},
                 {"key", key ? ToString(*key) : std::string()},
                 {"error", parsed.error().message}});
  return std::nullopt;
}

void StoreFeed::Collect(const nlohmann::json& object, UntypedStore::Objects& objects) const {
  if (auto parsed = Parse(object)) {
    objects.insert_or_assign(parsed->key, std::move(parsed->object));
  }
}

std::size_t StoreFeed::Publish(UntypedStore::Objects objects) {
  std::vector<UntypedChange> changes = store_.Replace(namespace_name_, std::move(objects));
  const bool initial = !std::exchange(published_, true);
  for (UntypedChange& change : changes) {
    change.initial = initial;
    Tell(change);
  }
  return changes.size();
}

void StoreFeed::Put(const nlohmann::json& object) {
  if (auto parsed = Parse(object)) {
    Tell(store_.Put(parsed->key, std::move(parsed->object)));
  } else {
    Erase(object);
  }
}

void StoreFeed::Erase(const nlohmann::json& object) {
  const auto key = KeyOf(object);
  if (!key) return;
  const UntypedChange change = store_.Erase(*key);
  if (change.before) Tell(change);
}

}  // namespace schemaop
