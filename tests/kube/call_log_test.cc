#include "kube/call_log.h"

#include <string>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "base/text.h"
#include "http_server.h"
#include "kube/client.h"

namespace schemaop {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

TEST(WarningTest, ReadsTheTextsOfMiscellaneousWarnings) {
  EXPECT_THAT(ParseWarnings(R"(299 - "v1beta1 is deprecated")"),
              ElementsAre("v1beta1 is deprecated"));
  EXPECT_THAT(ParseWarnings(R"(299 - "a \"b\", c", 299 host "d" "Wed, 21 Oct 2015 07:28:00 GMT")"),
              ElementsAre(R"(a "b", c)", "d"));
  EXPECT_THAT(ParseWarnings(R"(110 - "stale", 299 - "kept")"), ElementsAre("kept"));
  for (const char* broken : {"", "299", "299 -", "299 - \"open", "nonsense"}) {
    EXPECT_THAT(ParseWarnings(broken), IsEmpty()) << broken;
  }
}

// Answers as an API server that warns and refuses would.
void Answer(const httplib::Request& request, httplib::Response& response) {
  response.set_header("Audit-Id", "audit-7");
  response.set_header("Warning", "299 - \"v1beta1 is deprecated\"");
  response.set_content("{}", "application/json");
  if (request.path == "/api/denied") response.status = 403;
  if (request.path == "/api/absent") response.status = 404;
}

TEST(CallLogTest, LogsEachWarningOnceAndTheAuditNumbersOfRefusedCalls) {
  testing::HttpServer server(Answer);
  KubeConfig config;
  config.server = server.Url();
  const auto client = *KubeClient::Create(config, {.logger = Logger(LogLevel::kInfo)});
  ::testing::internal::CaptureStderr();
  for (const char* path : {"/api/x?a=b", "/api/y", "/api/denied?a=b", "/api/absent"}) {
    (void)client->Get(path, {});
  }
  std::vector<std::string> lines;
  for (const std::string& line : Split(::testing::internal::GetCapturedStderr(), '\n')) {
    if (line.empty()) continue;
    nlohmann::json entry = nlohmann::json::parse(line);
    for (const char* varying : {"ts", "time"}) entry.erase(varying);
    lines.push_back(entry.dump());
  }
  EXPECT_THAT(
      lines,
      ElementsAre(
          R"({"level":"warning","message":"the API server warns","request":"GET /api/x","warning":"v1beta1 is deprecated"})",
          R"({"audit_id":"audit-7","http_status":403,"level":"info","message":"the API server refused","request":"GET /api/denied"})"));
}

}  // namespace
}  // namespace schemaop
