// Failures as the API answers them: a metav1.Status with code, reason, message and causes.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <nlohmann/json.hpp>
#include <tl/expected.hpp>

namespace schemaop::devcluster {

using Json = nlohmann::json;

// One line of `details.causes`: for Invalid the bullet list kubectl prints.
struct Cause {
  std::string reason;  // FieldValueInvalid, FieldManagerConflict, ...
  std::string message;
  std::string field;  // "spec.policy.downgrade"; may be empty
};

// The group and plural a failure speaks about; for `details` and for "plural.group" in messages.
struct Subject {
  std::string group;
  std::string plural;
  std::string kind;

  // "schemaversions.schemaversion.io"; for the core group just the plural.
  std::string Qualified() const;
};

struct StatusError {
  int code = 500;
  std::string reason;
  std::string message;
  std::string name;   // details.name
  std::string group;  // details.group
  std::string kind;   // details.kind
  std::vector<Cause> causes;
  std::string continue_token;      // metadata.continue of an expired page
  std::optional<int> retry_after;  // seconds; also sent as the Retry-After header

  // The body to send.
  Json ToJson() const;
};

template <typename T>
using Answer = tl::expected<T, StatusError>;
using Refusal = tl::unexpected<StatusError>;

// The texts are those of k8s.io/apimachinery/pkg/api/errors.
Refusal BadRequest(std::string message);
Refusal NotFound(const Subject& subject, const std::string& name);
Refusal PathNotFound();
Refusal AlreadyExists(const Subject& subject, const std::string& name);
Refusal Conflict(const Subject& subject, const std::string& name, const std::string& why);
Refusal Invalid(const Subject& subject, const std::string& name, std::vector<Cause> causes);
Refusal Expired(std::string message);
Refusal Unauthorized();
Refusal Forbidden(const Subject& subject, const std::string& name, const std::string& why);
Refusal MethodNotAllowed();
Refusal UnsupportedMediaType(std::string message);
Refusal NotAcceptable(std::string message);
Refusal VersionTooLarge(const std::string& asked, const std::string& current);

// Causes of Invalid, with the message forms of field.Error. `value` is the JSON text of what was
// found.
Cause InvalidValue(const std::string& field, const std::string& value, const std::string& detail);
Cause RequiredValue(const std::string& field, const std::string& detail = "");
Cause ForbiddenValue(const std::string& field, const std::string& detail);
Cause WrongType(const std::string& field, const std::string& value, const std::string& detail);
Cause TooLong(const std::string& field, const std::string& detail);
Cause UnsupportedValue(const std::string& field, const std::string& value,
                       const std::vector<std::string>& supported);
Cause DuplicateValue(const std::string& field, const std::string& value);

}  // namespace schemaop::devcluster
