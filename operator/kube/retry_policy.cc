#include "kube/retry_policy.h"

namespace schemaop {
namespace {

constexpr int kMostWaits = 10;

bool IsOverload(int http_status) { return http_status == 429 || http_status >= 500; }

}  // namespace

RetryAction NextRetry(std::string_view method, const AttemptResult& result, RetryBudget& budget) {
  if (result.http_status == 401 && !budget.token_renewed) {
    budget.token_renewed = true;
    return RetryAction::kNowWithNewToken;
  }
  if (IsOverload(result.http_status) && result.retry_after && budget.waits < kMostWaits) {
    ++budget.waits;
    return RetryAction::kAfterWait;
  }
  // Nothing was sent, so that any method may go again.
  if (result.tls_renewed && !budget.tls_renewed) {
    budget.tls_renewed = true;
    return RetryAction::kNow;
  }
  if (result.lost && method == "GET" && !budget.reconnected) {
    budget.reconnected = true;
    return RetryAction::kNow;
  }
  return RetryAction::kGiveUp;
}

}  // namespace schemaop
