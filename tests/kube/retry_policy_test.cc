#include "kube/retry_policy.h"

#include <gtest/gtest.h>

namespace schemaop {
namespace {

constexpr std::chrono::seconds kSecond{1};

TEST(RetryPolicyTest, WaitsTenTimesWhenAnOverloadedServerSaysHowLong) {
  for (const int status : {429, 500, 503}) {
    RetryBudget budget;
    for (int i = 0; i < 10; ++i) {
      EXPECT_EQ(NextRetry("PATCH", {status, kSecond}, budget), RetryAction::kAfterWait);
    }
    EXPECT_EQ(NextRetry("PATCH", {status, kSecond}, budget), RetryAction::kGiveUp);
  }
}

TEST(RetryPolicyTest, GivesUpOnARefusalWithoutRetryAfter) {
  for (const int status : {400, 403, 404, 409, 410, 422, 429, 500, 503}) {
    RetryBudget budget;
    EXPECT_EQ(NextRetry("GET", {status}, budget), RetryAction::kGiveUp) << status;
  }
}

TEST(RetryPolicyTest, IgnoresRetryAfterOfARefusal) {
  RetryBudget budget;
  EXPECT_EQ(NextRetry("GET", {403, kSecond}, budget), RetryAction::kGiveUp);
}

TEST(RetryPolicyTest, TriesAnotherTokenOnce) {
  RetryBudget budget;
  EXPECT_EQ(NextRetry("PATCH", {401}, budget), RetryAction::kNowWithNewToken);
  EXPECT_EQ(NextRetry("PATCH", {401}, budget), RetryAction::kGiveUp);
}

TEST(RetryPolicyTest, RepeatsALostGetOnceAndNoOtherVerb) {
  RetryBudget budget;
  EXPECT_EQ(NextRetry("GET", {0, {}, true}, budget), RetryAction::kNow);
  EXPECT_EQ(NextRetry("GET", {0, {}, true}, budget), RetryAction::kGiveUp);
  for (const char* verb : {"POST", "PUT", "PATCH", "DELETE"}) {
    RetryBudget fresh;
    EXPECT_EQ(NextRetry(verb, {0, {}, true}, fresh), RetryAction::kGiveUp);
  }
}

TEST(RetryPolicyTest, RepeatsAnyVerbOnceWhenCertificatesWereRotated) {
  RetryBudget budget;
  const AttemptResult result{.tls_renewed = true};
  EXPECT_EQ(NextRetry("PATCH", result, budget), RetryAction::kNow);
  EXPECT_EQ(NextRetry("PATCH", result, budget), RetryAction::kGiveUp);
}

TEST(RetryPolicyTest, DoesNotRepeatWhatNeverConnected) {
  RetryBudget budget;
  EXPECT_EQ(NextRetry("GET", {0, {}, false}, budget), RetryAction::kGiveUp);
}

}  // namespace
}  // namespace schemaop
