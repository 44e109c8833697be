// When a request is sent again (client-go's rest/with_retry.go).
#pragma once

#include <chrono>
#include <optional>
#include <string_view>

namespace schemaop {

// How one attempt went. `http_status` 0: the connection was lost or never came to be.
struct AttemptResult {
  int http_status = 0;
  std::optional<std::chrono::seconds> retry_after;  // the header's
  bool lost = false;         // an established connection broke before the whole answer was there
  bool tls_renewed = false;  // the handshake failed, and certificates have been rotated since
};

// What the attempts of one call have used up.
struct RetryBudget {
  int waits = 0;
  bool token_renewed = false;
  bool reconnected = false;
  bool tls_renewed = false;
};

enum class RetryAction {
  kGiveUp,           // the result is the call's
  kNow,              // on another connection
  kNowWithNewToken,  // when the credential can be made anew; otherwise as kGiveUp
  kAfterWait,        // when AttemptResult::retry_after is over; past the deadline as kGiveUp
};

// What to do after `result` of a request with `method`; counts it in `budget`.
RetryAction NextRetry(std::string_view method, const AttemptResult& result, RetryBudget& budget);

}  // namespace schemaop
