#include "policy/observation.h"

namespace schemaop {

Observation NothingObserved(Time now) {
  const Error error{ErrorCode::kCancelled, "not looked at"};
  return {now, Fail(error), Fail(error), Fail(error), std::nullopt};
}

}  // namespace schemaop
