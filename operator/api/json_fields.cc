#include "api/json_fields.h"

#include <utility>

#include <nlohmann/json.hpp>

#include "base/text.h"
#include "base/time.h"

namespace schemaop {
namespace {

const nlohmann::json& EmptyObject() {
  static const nlohmann::json empty = nlohmann::json::object();
  return empty;
}

}  // namespace

JsonFields::JsonFields(const nlohmann::json& object, std::string path, std::optional<Error>& error)
    : object_(&object), path_(std::move(path)), error_(&error) {}

JsonFields JsonFields::Object(std::string_view name) const {
  const nlohmann::json* member = Find(name);
  if (member == nullptr) return {EmptyObject(), PathOf(name), *error_};
  if (!member->is_object()) {
    Refuse(name, "must be an object");
    return {EmptyObject(), PathOf(name), *error_};
  }
  return {*member, PathOf(name), *error_};
}

std::optional<std::string> JsonFields::Text(std::string_view name, std::size_t max_bytes) const {
  const nlohmann::json* member = Find(name);
  if (member == nullptr) return std::nullopt;
  const auto* text = member->get_ptr<const std::string*>();
  if (text == nullptr) {
    Refuse(name, "must be a string");
  } else if (text->empty()) {
    Refuse(name, "must not be empty");
  } else if (text->size() > max_bytes) {
    Refuse(name, "must be at most " + std::to_string(max_bytes) + " bytes long, has " +
                     std::to_string(text->size()));
  } else if (text->find('\0') != std::string::npos) {
    Refuse(name, "must not contain NUL");
  } else {
    return *text;
  }
  return std::nullopt;
}

std::optional<bool> JsonFields::Bool(std::string_view name) const {
  const nlohmann::json* member = Find(name);
  if (member == nullptr) return std::nullopt;
  if (!member->is_boolean()) {
    Refuse(name, "must be true or false");
    return std::nullopt;
  }
  return member->get<bool>();
}

std::optional<std::chrono::milliseconds> JsonFields::Duration(std::string_view name) const {
  constexpr std::size_t kLongestDuration = 64;
  const auto text = Text(name, kLongestDuration);
  if (!text) return std::nullopt;
  const auto duration = ParseDuration(*text);
  if (!duration) {
    Refuse(name, duration.error().message);
    return std::nullopt;
  }
  return *duration;
}

const nlohmann::json* JsonFields::Find(std::string_view name) const {
  if (!object_->is_object()) return nullptr;
  const auto found = object_->find(std::string(name));
  return found == object_->end() || found->is_null() ? nullptr : &*found;
}

void JsonFields::Refuse(std::string_view name, std::string_view message) const {
  if (*error_) return;
  *error_ = Error{ErrorCode::kInvalid, PathOf(name) + ": " + std::string(message)};
}

std::string JsonFields::PathOf(std::string_view name) const {
  if (path_.empty()) return std::string(name);
  if (name.empty()) return path_;
  return path_ + "." + std::string(name);
}

}  // namespace schemaop
