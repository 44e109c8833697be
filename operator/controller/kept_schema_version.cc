#include "controller/kept_schema_version.h"

#include <string_view>
#include <utility>

#include <nlohmann/json.hpp>

namespace schemaop {
namespace {

using nlohmann::json;

// The text of what ParseSchemaVersion reads of `object`, which it can read.
std::string EssenceOf(const json& object) {
  json essence;
  for (const char* member : {"spec", "status"}) {
    if (const auto found = object.find(member); found != object.end()) essence[member] = *found;
  }
  json& metadata = essence["metadata"];
  metadata = object.at("metadata");
  metadata.erase("managedFields");
  if (const auto annotations = metadata.find("annotations");
      annotations != metadata.end() && annotations->is_object()) {
    json kept = json::object();
    const std::string request(kRequestedAtAnnotation);
    if (const auto found = annotations->find(request); found != annotations->end()) {
      kept[request] = *found;
    }
    *annotations = std::move(kept);
  }
  return essence.dump(-1, ' ', false, json::error_handler_t::replace);
}

class Keeper {
 public:
  Result<KeptSchemaVersion> operator()(const json& object) const {
    auto metadata = ParseObjectMeta(object);
    if (!metadata) return Fail(metadata.error());
    std::erase_if(metadata->annotations,
                  [](const auto& each) { return each.first != kRequestedAtAnnotation; });
    const std::string essence = EssenceOf(object);
    if (*model_ == nullptr) *model_ = std::make_shared<const std::string>(essence);
    return KeptSchemaVersion{*std::move(metadata), Compress(essence, **model_), *model_};
  }

 private:
  using Model = std::shared_ptr<const std::string>;

  // Of all copies.
  std::shared_ptr<Model> model_ = std::make_shared<Model>();
};

}  // namespace

Result<SchemaVersion> KeptSchemaVersion::Read() const {
  const auto text = Expand(packed, *model);
  if (!text) return Fail(text.error());
  const json object = json::parse(*text, nullptr, /*allow_exceptions=*/false);
  return ParseSchemaVersion(object);
}

std::function<Result<KeptSchemaVersion>(const json&)> SchemaVersionKeeper() { return Keeper(); }

}  // namespace schemaop
