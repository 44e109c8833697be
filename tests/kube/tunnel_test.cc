#include "kube/tunnel.h"

#include <string>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "certificates/certificates.h"
#include "connectproxy/connect_proxy.h"
#include "heard.h"
#include "http_server.h"
#include "kube/client.h"

namespace schemaop {
namespace {

using testing::Certificates;
using testing::ConnectProxy;
using ::testing::Each;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using testing::HttpServer;
using testing::IssuedCertificate;
using ::testing::Not;

constexpr const char* kToken = "token-9b1f";

// An API server that only the proxy can find, and what the client needs to talk to it.
class TunnelTest : public ::testing::Test {
 protected:
  TunnelTest() {
    const IssuedCertificate made = certificates_.Issue("server", "DNS:kubernetes.test", authority_);
    server_ = std::make_unique<HttpServer>(
        HttpServer::Tls{.certificate = made.certificate, .key = made.key, .client_authority = {}},
        [this](const httplib::Request& request, httplib::Response& response) {
          hosts_.Note(request.get_header_value("Host"));
          response.set_content(
              nlohmann::json{{"authorization", request.get_header_value("Authorization")}}.dump(),
              "application/json");
        });
    proxy_ = std::make_unique<ConnectProxy>(server_->port());
    config_.server = "https://kubernetes.test:6443";
    config_.ca_certificates = authority_.CertificateText();
    config_.token = kToken;
    config_.proxy_url = Url("http://");
  }

  std::string Url(const std::string& scheme_and_login) const {
    return scheme_and_login + "127.0.0.1:" + std::to_string(proxy_->port());
  }

  // Empty when the server has answered, else the error.
  static std::string Ask(KubeClient& client) {
    const auto answer = client.Get("/api", {});
    if (!answer) return answer.error().error.message;
    EXPECT_EQ(answer->at("authorization"), std::string("Bearer ") + kToken);
    return "";
  }
  std::string Ask() const { return Ask(**KubeClient::Create(config_)); }

  Certificates certificates_;
  IssuedCertificate authority_ = certificates_.MakeAuthority("authority");
  Heard<std::string> hosts_;
  std::unique_ptr<HttpServer> server_;
  std::unique_ptr<ConnectProxy> proxy_;
  KubeConfig config_;
};

TEST_F(TunnelTest, LeadsThroughAProxyThatSeesNoTokenAndNoHeader) {
  EXPECT_EQ(Ask(), "");
  const std::string place = "kubernetes.test:6443";
  EXPECT_THAT(proxy_->Heard(),
              ElementsAre("CONNECT " + place + " HTTP/1.1\r\nHost: " + place + "\r\n\r\n"));
  EXPECT_THAT(hosts_.Values(), ElementsAre(place));
}

TEST_F(TunnelTest, IsOpenedOnceForRequestsThatFollowEachOther) {
  const auto client = *KubeClient::Create(config_);
  for (int i = 0; i < 3; ++i) EXPECT_EQ(Ask(*client), "");
  EXPECT_THAT(proxy_->Asked(), ElementsAre("kubernetes.test:6443"));
}

TEST_F(TunnelTest, ChecksTheCertificateOfTheServerBehindTheProxy) {
  config_.ca_certificates = certificates_.MakeAuthority("other").CertificateText();
  EXPECT_EQ(Ask(),
            "GET /api: https://kubernetes.test:6443 is not trusted: unable to get local "
            "issuer certificate; check certificate-authority and tls-server-name");
}

TEST_F(TunnelTest, LogsInByTheUserOfTheProxysUrl) {
  proxy_->AskFor("ann", "p@ss");
  const std::string name = Url("http://");
  const auto client = *KubeClient::Create(config_);
  // Each call asks anew, on a new connection: a library's own would not survive the first 407.
  for (int i = 0; i < 3; ++i) {
    EXPECT_EQ(Ask(*client), "GET /api: proxy " + name +
                                " wants a user and password; put them into its URL, "
                                "http://USER:PASSWORD@HOST:PORT");
  }
  EXPECT_EQ(proxy_->Heard().size(), 3);
  config_.proxy_url = Url("http://ann:wrong@");
  EXPECT_EQ(Ask(), "GET /api: proxy " + name + " does not accept the user and password of its URL");
  config_.proxy_url = Url("http://ann:p%40ss@");
  EXPECT_EQ(Ask(), "");
  EXPECT_THAT(proxy_->Heard(), Each(Not(HasSubstr(kToken))));
}

TEST_F(TunnelTest, SaysWhatTheProxyAnsweredAndGoesOnWhenItRelents) {
  proxy_->Answer("HTTP/1.1 403 Forbidden\r\nContent-Length: 2\r\n\r\nno");
  const auto client = *KubeClient::Create(config_);
  EXPECT_EQ(Ask(*client), "GET /api: proxy " + Url("http://") +
                              " refuses a way to kubernetes.test:6443: 403 Forbidden; allow it "
                              "there, or name the server in NO_PROXY");
  proxy_->Answer("SSH-2.0-OpenSSH_9.2\r\n\r\n");
  EXPECT_EQ(Ask(*client), "GET /api: proxy " + Url("http://") +
                              " gave no answer about kubernetes.test:6443; check that a proxy of "
                              "this kind listens there");
  proxy_->Answer("");
  EXPECT_EQ(Ask(*client), "");
}

TEST_F(TunnelTest, NamesTheProxyThatCannotBeReached) {
  proxy_.reset();
  EXPECT_EQ(Ask(), "GET /api: cannot connect to proxy " + config_.proxy_url +
                       " on the way to https://kubernetes.test:6443; check proxy-url, HTTPS_PROXY "
                       "and NO_PROXY");
}

TEST_F(TunnelTest, EndsAtTheDeadlineWhileTheProxyIsSilent) {
  testing::SilentServer silent;
  config_.proxy_url = "http://127.0.0.1:" + std::to_string(silent.port());
  const auto client = *KubeClient::Create(config_, {.deadline = std::chrono::milliseconds(200)});
  EXPECT_EQ(Ask(*client), "GET /api: no complete answer within 0.2 s");
}

TEST_F(TunnelTest, LeadsThroughSocksByName) {
  config_.proxy_url = Url("socks5://");
  EXPECT_EQ(Ask(), "");
  config_.server = "https://[fd00::a1]:6443";
  config_.server_name = "kubernetes.test";
  EXPECT_EQ(Ask(), "");
  EXPECT_THAT(proxy_->Asked(), ElementsAre("kubernetes.test:6443", "fd00::a1:6443"));
}

TEST_F(TunnelTest, LogsIntoSocks) {
  proxy_->AskFor("ann", "p@ss");
  config_.proxy_url = Url("socks5://ann:p%40ss@");
  EXPECT_EQ(Ask(), "");
  EXPECT_THAT(proxy_->Heard(), ElementsAre("ann:p@ss"));
  config_.proxy_url = Url("socks5://ann:wrong@");
  EXPECT_EQ(Ask(), "GET /api: proxy " + Url("socks5://") +
                       " does not accept the user and password of its URL");
}

TEST_F(TunnelTest, SaysWhySocksRefuses) {
  config_.proxy_url = Url("socks5://");
  proxy_->Answer("\x02");
  EXPECT_EQ(Ask(), "GET /api: proxy " + Url("socks5://") +
                       " refuses a way to kubernetes.test:6443: not allowed by its rules; allow it "
                       "there, or name the server in NO_PROXY");
}

TEST(UntunnelledProxyTest, GetsTheWholeUrlOfAnHttpServer) {
  Heard<std::string> target;
  HttpServer server([&](const httplib::Request& request, httplib::Response& response) {
    target.Note(request.target);
    response.set_content("{}", "application/json");
  });
  ConnectProxy proxy(server.port());
  KubeConfig config;
  config.server = "http://kubernetes.test:8080/prefix";
  config.proxy_url = "http://127.0.0.1:" + std::to_string(proxy.port());
  EXPECT_TRUE((*KubeClient::Create(config))->Get("/api", {}).has_value());
  EXPECT_THAT(target.Values(), ElementsAre("http://kubernetes.test:8080/prefix/api"));
}

}  // namespace
}  // namespace schemaop
