// Reading members of a JSON object with errors that name the field's path, such as
// `spec.execution.lockTimeout: "0s" must be more than zero`.
#pragma once

#include <chrono>
#include <cstddef>
#include <functional>
#include <optional>
#include <string>
#include <string_view>

#include <nlohmann/json_fwd.hpp>

#include "base/error.h"

namespace schemaop {

// A view of one JSON object and its path. Every reader of one document shares one error slot: the
// first refusal stays, later ones are dropped, so that a parser reads everything and asks once at
// the end. Borrows the JSON value and the slot. An absent or null member reads as nullopt without
// an error.
class JsonFields {
 public:
  JsonFields(const nlohmann::json& object, std::string path, std::optional<Error>& error);

  // The member as an object; an empty one when absent.
  JsonFields Object(std::string_view name) const;

  // A string of 1 to `max_bytes` bytes without NUL.
  std::optional<std::string> Text(std::string_view name, std::size_t max_bytes) const;

  std::optional<bool> Bool(std::string_view name) const;

  // A duration as ParseDuration reads it.
  std::optional<std::chrono::milliseconds> Duration(std::string_view name) const;

  // The member itself when it is there, else nullptr.
  const nlohmann::json* Find(std::string_view name) const;

  // Records `path.name: message` as kInvalid unless an error stands already.
  void Refuse(std::string_view name, std::string_view message) const;

  // "spec.database", or "spec.database.role" for a member.
  std::string PathOf(std::string_view name) const;

 private:
  const nlohmann::json* object_;
  std::string path_;
  std::optional<Error>* error_;
};

}  // namespace schemaop
