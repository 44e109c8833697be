#include "kube/client.h"

#include <atomic>
#include <chrono>
#include <future>
#include <string>
#include <thread>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "heard.h"
#include "http_server.h"
#include "process/process.h"

namespace schemaop {
namespace {

using nlohmann::json;
using std::chrono::hours;
using std::chrono::milliseconds;
using std::chrono::seconds;
using testing::FullPort;
using testing::HttpServer;
using testing::SilentServer;

std::string Url(int port) { return "http://127.0.0.1:" + std::to_string(port); }

std::unique_ptr<KubeClient> Connect(const std::string& url, KubeClientOptions options = {}) {
  KubeConfig config;
  config.server = url;
  auto client = KubeClient::Create(std::move(config), std::move(options));
  EXPECT_TRUE(client.has_value()) << client.error().message;
  return *std::move(client);
}

std::string Status(int code, const std::string& reason, const std::string& message) {
  return json{{"kind", "Status"},   {"status", "Failure"}, {"reason", reason},
              {"message", message}, {"code", code},        {"details", json::object()}}
      .dump();
}

TEST(KubeClientTest, SendsWhatEachVerbNeedsToTheEncodedPath) {
  Heard<std::string> seen;
  HttpServer server([&](const httplib::Request& request, httplib::Response& response) {
    seen.Note(request.method + " " + request.target + " " +
              request.get_header_value("Content-Type") + " " +
              request.get_header_value("User-Agent") + " " + request.get_header_value("Accept") +
              " " + request.body);
    response.set_content(R"({"ok":true})", "application/json");
  });
  const auto client = Connect(server.Url() + "/prefix/", {.user_agent = "schema-operator/1.2.3"});
  const json body{{"a", 1}};
  const json expected{{"ok", true}};
  EXPECT_EQ(client->Get("/api/v1/x?fieldSelector=a%3Db", {}).value(), expected);
  EXPECT_TRUE(client->Create("/api/v1/x", body, {}).has_value());
  EXPECT_TRUE(client->Update("/api/v1/x", body, {}).has_value());
  EXPECT_TRUE(client->Patch("/api/v1/x", PatchType::kMerge, body, {}).has_value());
  EXPECT_TRUE(client->Patch("/api/v1/x", PatchType::kJson, json::array(), {}).has_value());
  EXPECT_TRUE(client->Patch("/api/v1/x", PatchType::kApply, body, {}).has_value());
  const std::string agent = " schema-operator/1.2.3 application/json ";
  EXPECT_EQ(seen.Values(),
            (std::vector<std::string>{
                "GET /prefix/api/v1/x?fieldSelector=a%3Db " + agent,
                "POST /prefix/api/v1/x application/json" + agent + R"({"a":1})",
                "PUT /prefix/api/v1/x application/json" + agent + R"({"a":1})",
                "PATCH /prefix/api/v1/x application/merge-patch+json" + agent + R"({"a":1})",
                "PATCH /prefix/api/v1/x application/json-patch+json" + agent + "[]",
                "PATCH /prefix/api/v1/x application/apply-patch+yaml" + agent + R"({"a":1})",
            }));
}

TEST(KubeClientTest, SendsNothingThatItMayNotWrite) {
  std::atomic<int> reads = 0;
  std::atomic<int> writes = 0;
  HttpServer server([&](const httplib::Request& request, httplib::Response& response) {
    ++(request.method == "GET" ? reads : writes);
    response.set_content("{}", "application/json");
  });
  bool may = false;
  KubeClientOptions options;
  options.may_write = [&may]() -> Result<void> {
    if (may) return {};
    return Fail(ErrorCode::kCancelled, "not the leader");
  };
  const auto client = Connect(server.Url(), std::move(options));
  const json body = json::object();
  const auto created = client->Create("/api/v1/x", body, {});
  ASSERT_FALSE(created);
  EXPECT_EQ(created.error().error,
            (Error{ErrorCode::kCancelled, "POST /api/v1/x: not the leader"}));
  EXPECT_FALSE(client->Update("/api/v1/x", body, {}));
  EXPECT_FALSE(client->Patch("/api/v1/x", PatchType::kMerge, body, {}));
  EXPECT_TRUE(client->Get("/api/v1/x", {}));
  EXPECT_EQ(reads, 1);
  EXPECT_EQ(writes, 0);
  may = true;
  EXPECT_TRUE(client->Create("/api/v1/x", body, {}));
  EXPECT_EQ(writes, 1);
}

TEST(KubeClientTest, ReadsAStatusIntoAnErrorThatNamesTheRequest) {
  HttpServer server([](const httplib::Request&, httplib::Response& response) {
    response.status = 404;
    response.set_content(Status(404, "NotFound", "secrets \"db\" not found"), "application/json");
  });
  const auto answer = Connect(server.Url())->Get("/api/v1/namespaces/shop/secrets/db?x=y", {});
  ASSERT_FALSE(answer.has_value());
  EXPECT_EQ(answer.error().http_status, 404);
  EXPECT_EQ(answer.error().reason, "NotFound");
  EXPECT_EQ(
      answer.error().error,
      (Error{ErrorCode::kNotFound,
             "GET /api/v1/namespaces/shop/secrets/db: 404 NotFound: secrets \"db\" not found"}));
}

TEST(KubeClientTest, ReusesOneConnectionForRequestsThatFollowEachOther) {
  Heard<int> ports;
  HttpServer server([&](const httplib::Request& request, httplib::Response& response) {
    ports.Note(request.remote_port);
    response.set_content("{}", "application/json");
  });
  const auto client = Connect(server.Url());
  for (int i = 0; i < 20; ++i) ASSERT_TRUE(client->Get("/api", {}).has_value());
  EXPECT_EQ(std::vector<int>(20, ports.Values().front()), ports.Values());
}

TEST(KubeClientTest, NoticesThatAnIdleConnectionWasClosedBeforeItPatches) {
  SilentServer server("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}",
                      SilentServer::After::kClose);
  const auto client = Connect(Url(server.port()));
  for (int i = 1; i <= 3; ++i) {
    ASSERT_TRUE(client->Patch("/api", PatchType::kMerge, json::object(), {}).has_value());
    ASSERT_TRUE(testing::WaitUntil([&] { return server.closed() == i; }));
  }
}

TEST(KubeClientTest, SendsAnyVerbAgainWhenTheServerSaysRetryAfter) {
  for (const int status : {429, 503}) {
    std::atomic<int> requests = 0;
    HttpServer server([&](const httplib::Request&, httplib::Response& response) {
      if (++requests <= 2) {
        response.status = status;
        response.set_header("Retry-After", "0");
      }
      response.set_content("{}", "application/json");
    });
    EXPECT_TRUE(
        Connect(server.Url())->Patch("/api", PatchType::kMerge, json::object(), {}).has_value());
    EXPECT_EQ(requests, 3);
  }
}

TEST(KubeClientTest, SendsNothingAgainWithoutRetryAfter) {
  std::atomic<int> requests = 0;
  HttpServer server([&](const httplib::Request&, httplib::Response& response) {
    ++requests;
    response.status = 503;
    response.set_content("<html>upstream\n", "text/html");
  });
  const auto answer = Connect(server.Url())->Get("/api", {});
  ASSERT_FALSE(answer.has_value());
  EXPECT_EQ(answer.error().error,
            (Error{ErrorCode::kUnavailable,
                   "GET /api: 503, and the answer is no Kubernetes Status: \"<html>upstream\""}));
  EXPECT_EQ(requests, 1);
}

TEST(KubeClientTest, GivesUpWhenTheServerWantsMoreTimeThanTheCallHas) {
  std::atomic<int> requests = 0;
  HttpServer server([&](const httplib::Request&, httplib::Response& response) {
    ++requests;
    response.status = 429;
    response.set_header("Retry-After", "3600");
    response.set_content(Status(429, "TooManyRequests", "slow down"), "application/json");
  });
  const auto answer = Connect(server.Url())->Get("/api", {});
  ASSERT_FALSE(answer.has_value());
  EXPECT_EQ(answer.error().retry_after, seconds(3600));
  EXPECT_EQ(answer.error().error.message, "GET /api: 429 TooManyRequests: slow down");
  EXPECT_EQ(requests, 1);
}

TEST(KubeClientTest, RepeatsALostGetOnceAndALostPatchNever) {
  SilentServer server("", SilentServer::After::kClose);
  const auto client = Connect(Url(server.port()));
  const auto got = client->Get("/api", {});
  ASSERT_FALSE(got.has_value());
  EXPECT_EQ(got.error().error,
            (Error{ErrorCode::kUnavailable,
                   "GET /api: connection to " + Url(server.port()) + " was lost"}));
  EXPECT_EQ(server.connections(), 2);
  EXPECT_FALSE(client->Patch("/api", PatchType::kMerge, json::object(), {}).has_value());
  EXPECT_EQ(server.connections(), 3);
}

TEST(KubeClientTest, SaysWhereNothingListens) {
  const std::string url = Url(testing::FreePort());
  const auto answer = Connect(url)->Get("/api", {});
  ASSERT_FALSE(answer.has_value());
  EXPECT_EQ(answer.error().http_status, 0);
  EXPECT_EQ(answer.error().error,
            (Error{ErrorCode::kUnavailable, "GET /api: cannot connect to " + url +
                                                "; check that the API server runs there"}));
}

TEST(KubeClientTest, RefusesAnAnswerOverItsLimitHoweverItIsFramed) {
  HttpServer server([](const httplib::Request& request, httplib::Response& response) {
    if (request.path == "/api/whole") {
      response.set_content(std::string(100000, ' '), "application/json");
      return;
    }
    response.set_chunked_content_provider("application/json",
                                          [](std::size_t, httplib::DataSink& sink) {
                                            const std::string piece(10000, ' ');
                                            return sink.write(piece.data(), piece.size());
                                          });
  });
  const auto client = Connect(server.Url(), {.max_object_bytes = 50000});
  for (const std::string path : {"/api/whole", "/api/endless"}) {
    const auto answer = client->Get(path, {});
    ASSERT_FALSE(answer.has_value());
    EXPECT_EQ(
        answer.error().error,
        (Error{ErrorCode::kRejected, "GET " + path + ": the answer is larger than 50000 bytes"}));
    EXPECT_TRUE(answer.error().too_large);
  }
}

TEST(KubeClientTest, CallsAnAnswerThatIsNoJsonUnavailable) {
  HttpServer server([](const httplib::Request&, httplib::Response& response) {
    response.set_content("{\"items\":[", "application/json");
  });
  const auto answer = Connect(server.Url())->Get("/api", {});
  ASSERT_FALSE(answer.has_value());
  EXPECT_EQ(answer.error().error.message,
            "GET /api: the answer is not JSON; it was cut or comes from a proxy");
}

TEST(KubeClientTest, SendsMalformedTextAsReplacementCharacters) {
  Heard<std::string> body;
  HttpServer server([&](const httplib::Request& request, httplib::Response& response) {
    body.Note(request.body);
    response.set_content("{}", "application/json");
  });
  EXPECT_TRUE(Connect(server.Url())->Create("/api", json{{"m", "\xff"}}, {}).has_value());
  EXPECT_EQ(body.Values(), (std::vector<std::string>{"{\"m\":\"\xEF\xBF\xBD\"}"}));
}

TEST(KubeClientTest, ReadsTheTokenFileAnewAtA401AndSendsTheRequestOnceMore) {
  testing::TempFolder folder;
  const auto token_file = folder.path() / "token";
  testing::WriteFile(token_file, "old\n");
  Heard<std::string> seen;
  HttpServer server([&](const httplib::Request& request, httplib::Response& response) {
    const std::string token = request.get_header_value("Authorization");
    if (seen.Note(token) > 1 && token == "Bearer old") {
      response.status = 401;
      testing::WriteFile(token_file, "new\n");
      response.set_content(Status(401, "Unauthorized", "Unauthorized"), "application/json");
      return;
    }
    response.set_content("{}", "application/json");
  });
  KubeConfig config;
  config.server = server.Url();
  config.token_file = token_file;
  const auto client = *KubeClient::Create(config);
  EXPECT_TRUE(client->Get("/api", {}).has_value());
  EXPECT_TRUE(client->Patch("/api", PatchType::kMerge, json::object(), {}).has_value());
  EXPECT_EQ(seen.Values(), (std::vector<std::string>{"Bearer old", "Bearer old", "Bearer new"}));
}

TEST(KubeClientTest, ReportsA401OfAStaticTokenAtOnce) {
  std::atomic<int> requests = 0;
  HttpServer server([&](const httplib::Request&, httplib::Response& response) {
    ++requests;
    response.status = 401;
    response.set_content(Status(401, "Unauthorized", "Unauthorized"), "application/json");
  });
  KubeConfig config;
  config.server = server.Url();
  config.token = "secret-token";
  const auto answer = (*KubeClient::Create(config))->Get("/api", {});
  ASSERT_FALSE(answer.has_value());
  EXPECT_EQ(answer.error().error,
            (Error{ErrorCode::kDenied, "GET /api: 401 Unauthorized: Unauthorized"}));
  EXPECT_EQ(requests, 1);
}

TEST(KubeClientTest, ReportsAMissingTokenFileWithoutAsking) {
  KubeConfig config;
  config.server = "http://127.0.0.1:1";
  config.token_file = "/nonexistent/token";
  const auto answer = (*KubeClient::Create(config))->Get("/api", {});
  ASSERT_FALSE(answer.has_value());
  EXPECT_EQ(answer.error().error,
            (Error{ErrorCode::kDenied, "GET /api: token file /nonexistent/token cannot be read"}));
}

TEST(KubeClientTest, RefusesAServerWithoutAScheme) {
  KubeConfig config;
  config.server = "nonsense";
  const auto client = KubeClient::Create(config);
  ASSERT_FALSE(client.has_value());
  EXPECT_EQ(client.error(),
            (Error{ErrorCode::kInvalid,
                   "server \"nonsense\" does not begin with https:// or http://; write "
                   "https://HOST:PORT"}));
}

TEST(KubeClientTest, RefusesATokenThatWouldStartAnotherHeader) {
  KubeConfig config;
  config.server = "https://127.0.0.1:6443";
  config.token = "a\r\nX-Remote-User: admin";
  const auto client = KubeClient::Create(config);
  ASSERT_FALSE(client.has_value());
  EXPECT_EQ(client.error(), (Error{ErrorCode::kInvalid,
                                   "the token for server https://127.0.0.1:6443 holds spaces "
                                   "or control characters"}));
}

TEST(KubeClientTest, TellsWhoCountsEveryAttempt) {
  std::atomic<int> requests = 0;
  HttpServer server([&](const httplib::Request&, httplib::Response& response) {
    if (++requests == 1) {
      response.status = 503;
      response.set_header("Retry-After", "0");
    }
    response.set_content("{}", "application/json");
  });
  std::vector<std::string> outcomes;
  const auto client = Connect(server.Url(), {.on_request = [&](const RequestOutcome& outcome) {
                                outcomes.push_back(std::string(outcome.method) + " " +
                                                   std::to_string(outcome.http_status) + " " +
                                                   std::to_string(outcome.attempt));
                              }});
  EXPECT_TRUE(client->Get("/api", {}).has_value());
  EXPECT_EQ(outcomes, (std::vector<std::string>{"GET 503 0", "GET 200 1"}));
}

// Each phase a request can hang in: it must end soon after a stop, and at the deadline without one.
class KubeClientHangTest : public ::testing::Test {
 protected:
  // A call to `url` that hangs and is told to stop once `hanging` says so. Without a stop it would
  // outlast the test.
  static void ExpectStopEnds(const std::string& url, const std::function<bool()>& hanging) {
    KubeConfig config;
    config.server = url;
    config.insecure_skip_tls_verify = true;
    const auto client = *KubeClient::Create(config, {.deadline = hours(24)});
    std::stop_source stop;
    auto call =
        std::async(std::launch::async, [&] { return client->Get("/api", stop.get_token()); });
    EXPECT_TRUE(testing::WaitUntil(hanging));
    stop.request_stop();
    const auto answer = call.get();
    ASSERT_FALSE(answer.has_value());
    EXPECT_EQ(answer.error().error, (Error{ErrorCode::kCancelled, "GET /api: told to stop"}));
  }

  static void ExpectDeadlineEnds(const std::string& url) {
    KubeConfig config;
    config.server = url;
    config.insecure_skip_tls_verify = true;
    const auto client = *KubeClient::Create(config, {.deadline = milliseconds(200)});
    auto call = std::async(std::launch::async, [&] { return client->Get("/api", {}); });
    // Without its deadline the call would last until the silence of the connection is too long,
    // which is a minute more.
    EXPECT_EQ(call.wait_for(seconds(50)), std::future_status::ready);
    const auto answer = call.get();
    ASSERT_FALSE(answer.has_value());
    EXPECT_EQ(answer.error().error,
              (Error{ErrorCode::kUnavailable, "GET /api: no complete answer within 0.2 s"}));
  }
};

TEST_F(KubeClientHangTest, EndsWhileConnecting) {
  FullPort port;
  ExpectStopEnds(Url(port.port()), [] { return true; });
  ExpectDeadlineEnds(Url(port.port()));
}

TEST_F(KubeClientHangTest, EndsDuringTheTlsHandshake) {
  SilentServer server;
  const std::string url = "https://127.0.0.1:" + std::to_string(server.port());
  ExpectStopEnds(url, [&] { return server.connections() > 0; });
  ExpectDeadlineEnds(url);
}

TEST_F(KubeClientHangTest, EndsWhileWaitingForTheAnswer) {
  SilentServer server;
  ExpectStopEnds(Url(server.port()), [&] { return server.connections() > 0; });
  ExpectDeadlineEnds(Url(server.port()));
}

TEST_F(KubeClientHangTest, EndsWithinTheAnswer) {
  SilentServer server("HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n{");
  ExpectStopEnds(Url(server.port()), [&] { return server.connections() > 0; });
  ExpectDeadlineEnds(Url(server.port()));
}

TEST_F(KubeClientHangTest, EndsWhileItWaitsToTryAgain) {
  std::atomic<int> requests = 0;
  HttpServer server([&](const httplib::Request&, httplib::Response& response) {
    ++requests;
    response.status = 503;
    response.set_header("Retry-After", "3600");
  });
  ExpectStopEnds(server.Url(), [&] { return requests > 0; });
  EXPECT_EQ(requests, 1);
}

TEST_F(KubeClientHangTest, SendsNothingWhenStoppedBefore) {
  SilentServer server;
  std::stop_source stop;
  stop.request_stop();
  EXPECT_FALSE(Connect(Url(server.port()))->Get("/api", stop.get_token()).has_value());
  EXPECT_EQ(server.connections(), 0);
}

TEST(KubeClientTest, NamesItselfAsClientsOfKubernetesDo) {
  EXPECT_THAT(UserAgent("schema-operator", "0.1.0"),
              ::testing::MatchesRegex("schema-operator/0\\.1\\.0 \\(linux/[a-z0-9]+\\)"));
}

TEST(KubeClientTest, AsksForMetadataAlone) {
  Heard<std::string> accepted;
  HttpServer server([&](const httplib::Request& request, httplib::Response& response) {
    accepted.Note(request.get_header_value("Accept"));
    response.set_content("{}\n", "application/json");
  });
  const auto client = Connect(server.Url());
  EXPECT_TRUE(client->GetList("/api", Representation::kMetadata, {}).has_value());
  EXPECT_TRUE(client->GetList("/api", Representation::kObject, {}).has_value());
  const auto take = [](std::string_view) { return true; };
  EXPECT_TRUE(client->Watch("/api", Representation::kMetadata, seconds(1), take, {}).has_value());
  EXPECT_EQ(accepted.Values(),
            (std::vector<std::string>{
                "application/json;as=PartialObjectMetadataList;g=meta.k8s.io;v=v1,application/json",
                "application/json",
                "application/json;as=PartialObjectMetadata;g=meta.k8s.io;v=v1,application/json"}));
}

constexpr auto kEveryLine = [](std::string_view) { return true; };

TEST(KubeWatchTest, HandsOutEachLineAndEndsWithTheStream) {
  HttpServer server([](const httplib::Request&, httplib::Response& response) {
    response.set_chunked_content_provider(
        "application/json", [](std::size_t, httplib::DataSink& sink) {
          for (const std::string piece : {"{\"a\"", ":1}\n{\"b\":2}\n{", "}\n"})
            sink.write(piece.data(), piece.size());
          sink.done();
          return true;
        });
  });
  std::vector<std::string> lines;
  const auto ended = Connect(server.Url())
                         ->Watch("/api?watch=true", Representation::kObject, seconds(5),
                                 [&](std::string_view line) {
                                   lines.emplace_back(line);
                                   return true;
                                 },
                                 {});
  EXPECT_TRUE(ended.has_value());
  EXPECT_EQ(lines, (std::vector<std::string>{"{\"a\":1}", "{\"b\":2}", "{}"}));
}

TEST(KubeWatchTest, EndsCleanlyWhenItsReaderDeclines) {
  SilentServer server("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\n{}\n\r\n");
  int lines = 0;
  const auto ended = Connect(Url(server.port()))
                         ->Watch("/api", Representation::kObject, seconds(5),
                                 [&](std::string_view) {
                                   ++lines;
                                   return false;
                                 },
                                 {});
  EXPECT_TRUE(ended.has_value());
  EXPECT_EQ(lines, 1);
}

TEST(KubeWatchTest, TellsALostStreamFromAFinishedOne) {
  const auto watch = [](const std::string& answer) {
    SilentServer server(answer, SilentServer::After::kClose);
    const auto ended = Connect(Url(server.port()))
                           ->Watch("/api", Representation::kObject, seconds(5), kEveryLine, {});
    std::string message = ended ? "" : ended.error().error.message;
    const bool began = answer.find("\r\n\r\n") != answer.npos;
    EXPECT_TRUE(ended || ended.error().cut_off == began) << answer;
    const std::string url = Url(server.port());
    if (const auto at = message.find(url); at != std::string::npos)
      message.replace(at, url.size(), "URL");
    return message;
  };
  const std::string head = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n";
  EXPECT_EQ(watch(head + "3\r\n{}\n\r\n0\r\n\r\n"), "");
  EXPECT_EQ(watch(head + "3\r\n{}\n\r\n"), "GET /api: connection to URL was lost");
  EXPECT_EQ(watch(head + "9\r\n{}\n{"), "GET /api: connection to URL was lost");
  // Without chunks or a length the end of the connection is the end of the answer; half a line
  // tells.
  EXPECT_EQ(watch("HTTP/1.1 200 OK\r\n\r\n{}\n"), "");
  EXPECT_EQ(watch("HTTP/1.1 200 OK\r\n\r\n{}\n{"), "GET /api: the watch was cut within an event");
}

TEST(KubeWatchTest, ReportsARefusalAsAnError) {
  HttpServer server([](const httplib::Request&, httplib::Response& response) {
    response.status = 410;
    response.set_content(Status(410, "Expired", "too old resource version: 5 (9)"),
                         "application/json");
  });
  const auto ended =
      Connect(server.Url())->Watch("/api", Representation::kObject, seconds(5), kEveryLine, {});
  ASSERT_FALSE(ended.has_value());
  EXPECT_TRUE(IsExpired(ended.error()));
  EXPECT_EQ(ended.error().error.message, "GET /api: 410 Expired: too old resource version: 5 (9)");
}

TEST(KubeWatchTest, RefusesALineOverItsLimit) {
  HttpServer server([](const httplib::Request&, httplib::Response& response) {
    response.set_content(std::string(5000, 'x'), "application/json");
  });
  const auto ended = Connect(server.Url(), {.max_watch_line_bytes = 4096})
                         ->Watch("/api", Representation::kObject, seconds(5), kEveryLine, {});
  ASSERT_FALSE(ended.has_value());
  EXPECT_EQ(ended.error().error,
            (Error{ErrorCode::kRejected, "GET /api: an event is larger than 4096 bytes"}));
}

TEST(KubeWatchTest, GivesUpAWatchThatDoesNotBegin) {
  SilentServer server;
  const auto ended = Connect(Url(server.port()), {.deadline = milliseconds(100)})
                         ->Watch("/api", Representation::kObject, seconds(300), kEveryLine, {});
  ASSERT_FALSE(ended.has_value());
  EXPECT_EQ(ended.error().error,
            (Error{ErrorCode::kUnavailable, "GET /api: no complete answer within 0.1 s"}));
  EXPECT_FALSE(ended.error().cut_off);
}

// The line comes long after the deadline of the head.
TEST(KubeWatchTest, HasNoDeadlineOnceItHasBegun) {
  HttpServer server([](const httplib::Request&, httplib::Response& response) {
    response.set_chunked_content_provider("application/json",
                                          [](std::size_t, httplib::DataSink& sink) {
                                            std::this_thread::sleep_for(milliseconds(1500));
                                            sink.write("{}\n", 3);
                                            sink.done();
                                            return true;
                                          });
  });
  int lines = 0;
  const auto ended = Connect(server.Url(), {.deadline = milliseconds(1000)})
                         ->Watch("/api", Representation::kObject, seconds(5),
                                 [&](std::string_view) { return ++lines > 0; }, {});
  EXPECT_TRUE(ended.has_value());
  EXPECT_EQ(lines, 1);
}

TEST(KubeWatchTest, ReadsNoMoreOfAnEndlessRefusalThanItNeeds) {
  HttpServer server([](const httplib::Request&, httplib::Response& response) {
    response.status = 503;
    response.set_chunked_content_provider("text/plain", [](std::size_t, httplib::DataSink& sink) {
      const std::string piece(4096, 'x');
      return sink.write(piece.data(), piece.size());
    });
  });
  const auto ended =
      Connect(server.Url())->Watch("/api", Representation::kObject, seconds(5), kEveryLine, {});
  ASSERT_FALSE(ended.has_value());
  EXPECT_EQ(ended.error().http_status, 503);
}

TEST(KubeWatchTest, EndsAQuietWatchWhenToldToStop) {
  SilentServer server("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\n{}\n\r\n");
  const auto client = Connect(Url(server.port()));
  std::stop_source stop;
  std::atomic<int> lines = 0;
  auto watch = std::async(std::launch::async, [&] {
    return client->Watch(
        "/api", Representation::kObject, seconds(300),
        [&](std::string_view) { return ++lines > 0; }, stop.get_token());
  });
  EXPECT_TRUE(testing::WaitUntil([&] { return lines > 0; }));
  stop.request_stop();
  EXPECT_EQ(watch.get().error().error, (Error{ErrorCode::kCancelled, "GET /api: told to stop"}));
}

TEST(KubeWatchTest, DoesNotHoldUpRequests) {
  HttpServer server([](const httplib::Request& request, httplib::Response& response) {
    if (request.path != "/api/watch") return response.set_content("{}", "application/json");
    response.set_chunked_content_provider("application/json",
                                          [](std::size_t, httplib::DataSink& sink) {
                                            std::this_thread::sleep_for(milliseconds(20));
                                            return sink.write("{}\n", 3);
                                          });
  });
  const auto client = Connect(server.Url());
  std::atomic<int> lines = 0;
  std::vector<std::jthread> watches;
  for (int i = 0; i < 4; ++i) {
    watches.emplace_back([&](std::stop_token stop) {
      (void)client->Watch(
          "/api/watch", Representation::kObject, seconds(300),
          [&](std::string_view) { return ++lines > 0; }, std::move(stop));
    });
  }
  EXPECT_TRUE(testing::WaitUntil([&] { return lines > 8; }));
  EXPECT_TRUE(client->Get("/api", {}).has_value());
}

}  // namespace
}  // namespace schemaop
