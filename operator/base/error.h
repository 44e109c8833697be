// Error and Result: how every fallible function of the project answers.
#pragma once

#include <string>
#include <string_view>
#include <utility>

#include <tl/expected.hpp>

namespace schemaop {

// What the caller can do about it. The code decides behaviour; the message is for people.
enum class ErrorCode {
  kInvalid,      // the input is wrong: correct it, do not retry
  kNotFound,     // the named thing does not exist
  kConflict,     // somebody else changed it meanwhile: read again, then decide again
  kBusy,         // somebody else holds it: wait and try again
  kUnavailable,  // the other side cannot be reached or is not ready: back off and retry
  kDenied,       // credentials, rights or policy forbid it
  kRejected,     // the other side understood the request and refused it for good
  kUnsuitable,   // the other side cannot do what is needed here: go to another one
  kInDoubt,      // the outcome is unknown: verify before doing anything else
  kCancelled,    // we were told to stop
  kInternal,     // a bug of ours
};

// "invalid", "not_found", ...: the spelling used in logs.
std::string_view ErrorCodeName(ErrorCode code);

// An error is a code and one lower-case sentence fragment that names the thing, says what happened
// and what to do about it. Parser errors begin with "file:line:column: ". Never holds a secret.
struct Error {
  ErrorCode code = ErrorCode::kInternal;
  std::string message;

  bool operator==(const Error&) const = default;
};

template <typename T>
using Result = tl::expected<T, Error>;

// The failed Result: `return Fail(ErrorCode::kNotFound, "secret \"x\" does not exist");`
inline tl::unexpected<Error> Fail(ErrorCode code, std::string message) {
  return tl::unexpected<Error>(Error{code, std::move(message)});
}
inline tl::unexpected<Error> Fail(Error error) { return tl::unexpected<Error>(std::move(error)); }

// Whether the reason why something that changes nothing (a look, a rehearsal, a check) could not be
// done passes by itself: then it is no verdict on what was to be looked at.
bool PassesByItself(const Error& error);

// The same error with "context: " before its message; for use on the way up.
Error WithContext(Error error, std::string_view context);

}  // namespace schemaop
