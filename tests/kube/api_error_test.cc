#include "kube/api_error.h"

#include <string>
#include <utility>
#include <vector>

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

namespace schemaop {
namespace {

TEST(ApiErrorTest, GivesEachStatusTheCodeThatSaysWhatToDo) {
  const std::vector<std::pair<int, ErrorCode>> rows{
      {400, ErrorCode::kInvalid},     {401, ErrorCode::kDenied},
      {403, ErrorCode::kDenied},      {404, ErrorCode::kNotFound},
      {405, ErrorCode::kRejected},    {409, ErrorCode::kConflict},
      {410, ErrorCode::kInvalid},     {415, ErrorCode::kRejected},
      {422, ErrorCode::kInvalid},     {429, ErrorCode::kUnavailable},
      {500, ErrorCode::kUnavailable}, {503, ErrorCode::kUnavailable},
      {302, ErrorCode::kUnavailable},
  };
  for (const auto& [status, code] : rows) {
    const ApiError error = DecodeApiError(status, R"({"kind":"Status"})", "", "GET /api");
    EXPECT_EQ(error.error.code, code) << status;
  }
}

TEST(ApiErrorTest, AProxysPageSaysNothingOfTheObject) {
  for (const int status : {302, 400, 404, 405, 409, 410, 413, 422, 429, 500, 503}) {
    const ApiError error = DecodeApiError(status, "<html>", "", "GET /api");
    EXPECT_EQ(error.error.code, ErrorCode::kUnavailable) << status;
    EXPECT_EQ(error.http_status, status);
  }
  EXPECT_EQ(DecodeApiError(401, "<html>", "", "GET /api").error.code, ErrorCode::kDenied);
  EXPECT_EQ(DecodeApiError(403, "<html>", "", "GET /api").error.code, ErrorCode::kDenied);
  EXPECT_EQ(
      DecodeApiError(404, "404 page not found\n", "", "GET /api").error,
      (Error{ErrorCode::kUnavailable,
             "GET /api: 404, and the answer is no Kubernetes Status: \"404 page not found\""}));
}

TEST(ApiErrorTest, ReadsReasonCausesAndRetryAfterOfAStatus) {
  const ApiError error = DecodeApiError(
      504,
      R"({"kind":"Status","reason":"Timeout","message":"Too large resource version","details":
          {"retryAfterSeconds":3,"causes":[{"reason":"ResourceVersionTooLarge"},{},7]}})",
      "", "GET /api");
  EXPECT_EQ(error.reason, "Timeout");
  EXPECT_EQ(error.retry_after, std::chrono::seconds(3));
  EXPECT_TRUE(IsResourceVersionTooLarge(error));
  EXPECT_FALSE(IsExpired(error));
  EXPECT_EQ(error.error.message, "GET /api: 504 Timeout: Too large resource version");
}

TEST(ApiErrorTest, PrefersTheHeadersRetryAfterAndIgnoresDates) {
  const std::string body = R"({"kind":"Status","details":{"retryAfterSeconds":3}})";
  EXPECT_EQ(DecodeApiError(429, body, " 7 ", "").retry_after, std::chrono::seconds(7));
  EXPECT_EQ(DecodeApiError(429, body, "Wed, 21 Oct 2026 07:28:00 GMT", "").retry_after,
            std::chrono::seconds(3));
  EXPECT_EQ(DecodeApiError(429, "", "-1", "").retry_after, std::nullopt);
}

// A clock may be added to it.
TEST(ApiErrorTest, TakesNoRetryAfterOfMoreThanADay) {
  const std::chrono::hours day(24);
  EXPECT_EQ(DecodeApiError(429, "", "9223372036854775807", "").retry_after, day);
  EXPECT_EQ(DecodeApiError(429, "", "99999999999999999999", "").retry_after, day);
  EXPECT_EQ(DecodeApiError(429, "", "-99999999999999999999", "").retry_after, std::nullopt);
  EXPECT_EQ(DecodeApiError(429, R"({"kind":"Status","details":{"retryAfterSeconds":100000000000}})",
                           "", "")
                .retry_after,
            day);
}

TEST(ApiErrorTest, KnowsEveryWayToSayExpired) {
  EXPECT_TRUE(IsExpired(DecodeApiError(410, "", "", "")));
  EXPECT_TRUE(IsExpired(DecodeStatusObject({{"kind", "Status"}, {"code", 410}}, "")));
  EXPECT_TRUE(IsExpired(DecodeStatusObject({{"kind", "Status"}, {"reason", "Expired"}}, "")));
  EXPECT_TRUE(IsExpired(DecodeStatusObject({{"kind", "Status"}, {"reason", "Gone"}}, "")));
  EXPECT_FALSE(IsExpired(DecodeStatusObject({{"kind", "Status"}, {"code", 500}}, "")));
}

TEST(ApiErrorTest, QuotesTheBeginningOfAProxysPage) {
  const ApiError error = DecodeApiError(502, std::string(500, 'x'), "", "GET /api");
  EXPECT_EQ(error.reason, "");
  EXPECT_EQ(error.error.message.substr(0, 61),
            "GET /api: 502, and the answer is no Kubernetes Status: \"xxxxx");
  EXPECT_LT(error.error.message.size(), 300U);
}

TEST(ApiErrorTest, SurvivesAStatusOfTheWrongShape) {
  for (const char* body : {R"({"kind":"Status","details":[],"message":1,"reason":{}})",
                           R"({"kind":"Status","details":{"causes":{},"retryAfterSeconds":"x"}})",
                           "[]", "null", "{\"kind\":"}) {
    EXPECT_EQ(DecodeApiError(500, body, "", "GET /api").error.code, ErrorCode::kUnavailable)
        << body;
  }
  EXPECT_EQ(DecodeStatusObject(nlohmann::json::array(), "watch of pods").error,
            (Error{ErrorCode::kUnavailable, "watch of pods: an error without a Status"}));
}

}  // namespace
}  // namespace schemaop
