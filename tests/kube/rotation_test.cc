// What is rotated while a client runs: nothing needs a restart.
#include <atomic>
#include <filesystem>
#include <memory>
#include <string>

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "certificates/certificates.h"
#include "http_server.h"
#include "kube/client.h"
#include "kube/connection_pool.h"
#include "kube/endpoint.h"
#include "process/process.h"

namespace schemaop {
namespace {

using testing::Certificates;
using testing::HttpServer;
using testing::IssuedCertificate;

// Empty when the server has answered, else the error.
std::string Said(const ApiResult<nlohmann::json>& answer) {
  return answer ? "" : answer.error().error.message;
}

class CertificateRotationTest : public ::testing::Test {
 protected:
  void Serve(const IssuedCertificate& authority, const IssuedCertificate& clients) {
    const int port = server_ ? server_->port() : 0;
    server_.reset();
    const IssuedCertificate made = certificates_.Issue("server", "IP:127.0.0.1", authority);
    server_ = std::make_unique<HttpServer>(
        HttpServer::Tls{.certificate = made.certificate,
                        .key = made.key,
                        .client_authority = clients.certificate},
        [](const httplib::Request&, httplib::Response& response) {
          response.set_content("{}", "application/json");
        },
        port);
  }

  void WriteClient(const IssuedCertificate& issuer) const {
    const IssuedCertificate made = certificates_.Issue("client", "DNS:client", issuer);
    testing::WriteFile(folder_.path() / "client.crt", made.CertificateText());
    testing::WriteFile(folder_.path() / "client.key", made.KeyText());
  }
  void WriteAuthority(const IssuedCertificate& authority) const {
    testing::WriteFile(folder_.path() / "ca.crt", authority.CertificateText());
  }

  std::unique_ptr<KubeClient> Connect() const {
    testing::WriteFile(folder_.path() / "config",
                       "clusters: [{name: c, cluster: {server: \"" + server_->Url() +
                           "\", certificate-authority: ca.crt}}]\n"
                           "users: [{name: u, user: {client-certificate: client.crt, client-key: "
                           "client.key}}]\n"
                           "contexts: [{name: x, context: {cluster: c, user: u}}]\n"
                           "current-context: x\n");
    return *KubeClient::Create(*LoadKubeconfig(folder_.path() / "config", ""));
  }

  mutable Certificates certificates_;
  testing::TempFolder folder_;
  IssuedCertificate first_ = certificates_.MakeAuthority("first");
  IssuedCertificate second_ = certificates_.MakeAuthority("second");
  std::unique_ptr<HttpServer> server_;
};

TEST_F(CertificateRotationTest, ANewAuthorityIsReadWhenTheServersCertificateIsNotTrusted) {
  WriteAuthority(first_);
  WriteClient(first_);
  Serve(first_, first_);
  const auto client = Connect();
  EXPECT_EQ(Said(client->Get("/api", {})), "");
  Serve(second_, first_);
  EXPECT_EQ(Said(client->Get("/api", {})),
            "GET /api: " + server_->Url() +
                " is not trusted: unable to get local issuer certificate; check "
                "certificate-authority and tls-server-name");
  WriteAuthority(second_);
  // Nothing was sent before the handshake, so that a write may go again as well.
  EXPECT_EQ(Said(client->Patch("/api", PatchType::kMerge, nlohmann::json::object(), {})), "");
}

TEST_F(CertificateRotationTest, EveryConnectionOfBeforeMayGoAgain) {
  WriteAuthority(first_);
  ConnectionPool pool({.endpoint = *ParseEndpoint("https://127.0.0.1:1"), .proxy = {}},
                      {.ca_certificates = first_.CertificateText(), .server_name = "127.0.0.1"},
                      {.ca = folder_.path() / "ca.crt"}, {});
  const auto one = *pool.Make(std::chrono::seconds(1));
  const auto other = *pool.Make(std::chrono::seconds(1));
  EXPECT_FALSE(pool.Reread(one->epoch()));
  WriteAuthority(second_);
  EXPECT_TRUE(pool.Reread(one->epoch()));
  EXPECT_TRUE(pool.Reread(other->epoch()));
  EXPECT_FALSE(pool.Reread((*pool.Make(std::chrono::seconds(1)))->epoch()));
}

TEST_F(CertificateRotationTest, ANewClientCertificateIsReadWhenTheOldOneIsRefused) {
  WriteAuthority(first_);
  WriteClient(first_);
  Serve(first_, first_);
  const auto client = Connect();
  EXPECT_EQ(Said(client->Get("/api", {})), "");
  Serve(first_, second_);
  EXPECT_NE(Said(client->Get("/api", {})), "");
  WriteClient(second_);
  EXPECT_EQ(Said(client->Get("/api", {})), "");
}

TEST_F(CertificateRotationTest, HalfAPairOrADamagedFileLeavesTheOldOnesInForce) {
  WriteAuthority(first_);
  WriteClient(first_);
  Serve(first_, first_);
  const auto client = Connect();
  const std::string key = testing::ReadFile(folder_.path() / "client.key");
  WriteClient(first_);
  testing::WriteFile(folder_.path() / "client.key", key);
  testing::WriteFile(folder_.path() / "ca.crt", "");
  Serve(second_, first_);  // makes the client look
  EXPECT_NE(Said(client->Get("/api", {})), "");
  Serve(first_, first_);
  EXPECT_EQ(Said(client->Get("/api", {})), "");
}

}  // namespace
}  // namespace schemaop
