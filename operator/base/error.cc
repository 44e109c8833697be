#include "base/error.h"

namespace schemaop {

std::string_view ErrorCodeName(ErrorCode code) {
  switch (code) {
    case ErrorCode::kInvalid:
      return "invalid";
    case ErrorCode::kNotFound:
      return "not_found";
    case ErrorCode::kConflict:
      return "conflict";
    case ErrorCode::kBusy:
      return "busy";
    case ErrorCode::kUnavailable:
      return "unavailable";
    case ErrorCode::kDenied:
      return "denied";
    case ErrorCode::kRejected:
      return "rejected";
    case ErrorCode::kUnsuitable:
      return "unsuitable";
    case ErrorCode::kInDoubt:
      return "in_doubt";
    case ErrorCode::kCancelled:
      return "cancelled";
    case ErrorCode::kInternal:
      return "internal";
  }
  return "internal";
}

bool PassesByItself(const Error& error) {
  switch (error.code) {
    case ErrorCode::kBusy:
    case ErrorCode::kUnavailable:
    case ErrorCode::kCancelled:
    case ErrorCode::kConflict:
    case ErrorCode::kInDoubt:
      return true;
    case ErrorCode::kInvalid:
    case ErrorCode::kNotFound:
    case ErrorCode::kDenied:
    case ErrorCode::kRejected:
    case ErrorCode::kUnsuitable:
    case ErrorCode::kInternal:
      return false;
  }
  return false;
}

Error WithContext(Error error, std::string_view context) {
  error.message.insert(0, std::string(context) + ": ");
  return error;
}

}  // namespace schemaop
