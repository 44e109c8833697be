#include "tests/support/apiserver/status_error.h"

#include <fmt/format.h>

namespace schemaop::devcluster {
namespace {

StatusError About(const Subject& subject, const std::string& name, int code, std::string reason,
                  std::string message) {
  StatusError error;
  error.code = code;
  error.reason = std::move(reason);
  error.message = std::move(message);
  error.name = name;
  error.group = subject.group;
  error.kind = subject.plural;
  return error;
}

StatusError Plain(int code, std::string reason, std::string message) {
  StatusError error;
  error.code = code;
  error.reason = std::move(reason);
  error.message = std::move(message);
  return error;
}

// "spec.a: Invalid value: 3: must be ...", the form of field.Error; several are put in brackets.
std::string JoinCauses(const std::vector<Cause>& causes) {
  std::string text;
  for (const Cause& cause : causes) {
    if (!text.empty()) text += ", ";
    text += cause.field.empty() ? cause.message : cause.field + ": " + cause.message;
  }
  return causes.size() > 1 ? "[" + text + "]" : text;
}

}  // namespace

std::string Subject::Qualified() const { return group.empty() ? plural : plural + "." + group; }

Json StatusError::ToJson() const {
  Json status = {{"kind", "Status"},    {"apiVersion", "v1"}, {"metadata", Json::object()},
                 {"status", "Failure"}, {"message", message}, {"reason", reason},
                 {"code", code}};
  Json details = Json::object();
  if (!name.empty()) details["name"] = name;
  if (!group.empty()) details["group"] = group;
  if (!kind.empty()) details["kind"] = kind;
  for (const Cause& cause : causes) {
    Json entry = {{"reason", cause.reason}, {"message", cause.message}};
    if (!cause.field.empty()) entry["field"] = cause.field;
    details["causes"].push_back(entry);
  }
  if (retry_after) details["retryAfterSeconds"] = *retry_after;
  if (!details.empty()) status["details"] = details;
  if (!continue_token.empty()) status["metadata"]["continue"] = continue_token;
  if (reason.empty()) status.erase("reason");
  return status;
}

Refusal BadRequest(std::string message) {
  return Refusal(Plain(400, "BadRequest", std::move(message)));
}

Refusal NotFound(const Subject& subject, const std::string& name) {
  return Refusal(About(subject, name, 404, "NotFound",
                       fmt::format("{} \"{}\" not found", subject.Qualified(), name)));
}

Refusal PathNotFound() {
  return Refusal(Plain(404, "NotFound", "the server could not find the requested resource"));
}

Refusal AlreadyExists(const Subject& subject, const std::string& name) {
  return Refusal(About(subject, name, 409, "AlreadyExists",
                       fmt::format("{} \"{}\" already exists", subject.Qualified(), name)));
}

Refusal Conflict(const Subject& subject, const std::string& name, const std::string& why) {
  return Refusal(About(subject, name, 409, "Conflict",
                       fmt::format("Operation cannot be fulfilled on {} \"{}\": {}",
                                   subject.Qualified(), name, why)));
}

Refusal Invalid(const Subject& subject, const std::string& name, std::vector<Cause> causes) {
  const std::string kind =
      subject.group.empty() ? subject.kind : subject.kind + "." + subject.group;
  StatusError error =
      About(subject, name, 422, "Invalid",
            fmt::format("{} \"{}\" is invalid: {}", kind, name, JoinCauses(causes)));
  error.kind = subject.kind;
  error.causes = std::move(causes);
  return Refusal(std::move(error));
}

Refusal Expired(std::string message) { return Refusal(Plain(410, "Expired", std::move(message))); }

Refusal Unauthorized() { return Refusal(Plain(401, "Unauthorized", "Unauthorized")); }

Refusal Forbidden(const Subject& subject, const std::string& name, const std::string& why) {
  const std::string quoted = name.empty() ? "" : fmt::format(" \"{}\"", name);
  return Refusal(About(subject, name, 403, "Forbidden",
                       fmt::format("{}{} is forbidden: {}", subject.Qualified(), quoted, why)));
}

Refusal MethodNotAllowed() {
  return Refusal(Plain(405, "MethodNotAllowed",
                       "the server does not allow this method on the requested resource"));
}

Refusal UnsupportedMediaType(std::string message) {
  return Refusal(Plain(415, "UnsupportedMediaType", std::move(message)));
}

Refusal NotAcceptable(std::string message) {
  return Refusal(Plain(406, "NotAcceptable", std::move(message)));
}

Refusal VersionTooLarge(const std::string& asked, const std::string& current) {
  StatusError error =
      Plain(504, "Timeout",
            fmt::format("Timeout: Too large resource version: {}, current: {}", asked, current));
  error.causes = {{"ResourceVersionTooLarge", "Too large resource version", ""}};
  error.retry_after = 1;
  return Refusal(std::move(error));
}

Cause InvalidValue(const std::string& field, const std::string& value, const std::string& detail) {
  return {"FieldValueInvalid", fmt::format("Invalid value: {}: {}", value, detail), field};
}

Cause RequiredValue(const std::string& field, const std::string& detail) {
  return {"FieldValueRequired", detail.empty() ? "Required value" : "Required value: " + detail,
          field};
}

Cause ForbiddenValue(const std::string& field, const std::string& detail) {
  return {"FieldValueForbidden", "Forbidden: " + detail, field};
}

Cause WrongType(const std::string& field, const std::string& value, const std::string& detail) {
  return {"FieldValueTypeInvalid", fmt::format("Invalid value: {}: {}", value, detail), field};
}

Cause TooLong(const std::string& field, const std::string& detail) {
  return {"FieldValueTooLong", "Too long: " + detail, field};
}

Cause UnsupportedValue(const std::string& field, const std::string& value,
                       const std::vector<std::string>& supported) {
  std::string list;
  for (const std::string& choice : supported) {
    if (!list.empty()) list += ", ";
    list += Json(choice).dump();
  }
  return {"FieldValueNotSupported",
          fmt::format("Unsupported value: {}: supported values: {}", value, list), field};
}

Cause DuplicateValue(const std::string& field, const std::string& value) {
  return {"FieldValueDuplicate", "Duplicate value: " + value, field};
}

}  // namespace schemaop::devcluster
