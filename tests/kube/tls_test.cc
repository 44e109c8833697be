#include "kube/tls.h"

#include <string>

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "certificates/certificates.h"
#include "http_server.h"
#include "kube/client.h"

namespace schemaop {
namespace {

using testing::Certificates;
using testing::HttpServer;
using testing::IssuedCertificate;

void SayYes(const httplib::Request&, httplib::Response& response) {
  response.set_content("{}", "application/json");
}

// Empty when the client may talk to the server, else its error.
std::string Ask(const KubeConfig& config) {
  const auto client = KubeClient::Create(config);
  if (!client) return client.error().message;
  const auto answer = (*client)->Get("/api", {});
  return answer ? "" : answer.error().error.message;
}

class TlsTest : public ::testing::Test {
 protected:
  KubeConfig Config(const HttpServer& server, const std::string& host = "127.0.0.1") const {
    KubeConfig config;
    config.server = server.Url(host);
    config.ca_certificates = authority.CertificateText();
    return config;
  }

  HttpServer::Tls Serving(const std::string& names) {
    const IssuedCertificate made = certificates.Issue("localhost", names, authority);
    return {.certificate = made.certificate, .key = made.key, .client_authority = {}};
  }

  static std::string NotTrusted(const KubeConfig& config, const std::string& why) {
    return "GET /api: " + config.server + " is not trusted: " + why +
           "; check certificate-authority and tls-server-name";
  }

  Certificates certificates;
  IssuedCertificate authority = certificates.MakeAuthority("authority");
};

TEST_F(TlsTest, AcceptsACertificateOfItsAuthorityForTheHostOrAddressAskedFor) {
  HttpServer server(Serving("DNS:localhost,IP:127.0.0.1"), SayYes);
  EXPECT_EQ(Ask(Config(server, "127.0.0.1")), "");
  EXPECT_EQ(Ask(Config(server, "localhost")), "");
}

TEST_F(TlsTest, RefusesACertificateOfAnotherAuthority) {
  HttpServer server(Serving("IP:127.0.0.1"), SayYes);
  KubeConfig config = Config(server);
  config.ca_certificates = certificates.MakeAuthority("other").CertificateText();
  EXPECT_EQ(Ask(config), NotTrusted(config, "unable to get local issuer certificate"));
  config.ca_certificates.clear();
  EXPECT_EQ(Ask(config), NotTrusted(config, "unable to get local issuer certificate"));
}

TEST_F(TlsTest, RefusesAnotherHostAndNeverLooksAtTheCommonName) {
  HttpServer other(Serving("DNS:example.org"), SayYes);
  const KubeConfig by_address = Config(other);
  EXPECT_EQ(Ask(by_address), NotTrusted(by_address, "IP address mismatch"));
  // The certificate's common name is "localhost".
  const KubeConfig by_name = Config(other, "localhost");
  EXPECT_EQ(Ask(by_name), NotTrusted(by_name, "hostname mismatch"));
  HttpServer nameless(Serving("email:a@example.org"), SayYes);
  const KubeConfig by_common_name = Config(nameless, "localhost");
  EXPECT_EQ(Ask(by_common_name), NotTrusted(by_common_name, "hostname mismatch"));
}

TEST_F(TlsTest, ChecksTheNameOfTlsServerNameInsteadOfTheHost) {
  HttpServer server(Serving("DNS:kubernetes.default"), SayYes);
  KubeConfig config = Config(server);
  config.server_name = "kubernetes.default";
  EXPECT_EQ(Ask(config), "");
  config.server_name = "kubernetes.other";
  EXPECT_EQ(Ask(config), NotTrusted(config, "hostname mismatch"));
}

TEST_F(TlsTest, ChecksNothingWhenToldSo) {
  HttpServer server(Serving("DNS:example.org"), SayYes);
  KubeConfig config = Config(server);
  config.ca_certificates.clear();
  config.insecure_skip_tls_verify = true;
  EXPECT_EQ(Ask(config), "");
}

TEST_F(TlsTest, TrustsAnIntermediateGivenAsAuthority) {
  const IssuedCertificate intermediate = certificates.MakeIntermediate("intermediate", authority);
  const IssuedCertificate leaf = certificates.Issue("leaf", "IP:127.0.0.1", intermediate);
  HttpServer server({.certificate = leaf.certificate, .key = leaf.key, .client_authority = {}},
                    SayYes);
  KubeConfig config = Config(server);
  config.ca_certificates = intermediate.CertificateText();
  EXPECT_EQ(Ask(config), "");
}

TEST_F(TlsTest, PresentsItsCertificateWithTheChainBehindIt) {
  HttpServer::Tls tls = Serving("IP:127.0.0.1");
  tls.client_authority = authority.certificate;
  HttpServer server(tls, SayYes);
  const IssuedCertificate intermediate = certificates.MakeIntermediate("intermediate", authority);
  const IssuedCertificate leaf = certificates.Issue("client", "DNS:client", intermediate);
  KubeConfig config = Config(server);
  config.client_key = leaf.KeyText();
  config.client_certificate = leaf.CertificateText() + intermediate.CertificateText();
  EXPECT_EQ(Ask(config), "");
  config.client_certificate = leaf.CertificateText();
  EXPECT_EQ(Ask(config), "GET /api: connection to " + config.server +
                             " was lost; if it always is, check client-certificate");
}

TEST_F(TlsTest, SpeaksOfHttpsWhenTheServerDoesNot) {
  HttpServer server(SayYes);
  KubeConfig config;
  config.server = "https://127.0.0.1:" + std::to_string(server.port());
  EXPECT_EQ(Ask(config), "GET /api: TLS handshake with " + config.server +
                             " failed; check that it speaks https");
}

TEST_F(TlsTest, RefusesUnusableMaterialBeforeAnythingIsSent) {
  const IssuedCertificate client = certificates.Issue("client", "DNS:client", authority);
  const IssuedCertificate other = certificates.Issue("other", "DNS:other", authority);
  const auto refusal = [](const TlsSettings& settings) {
    const auto usable = CheckTlsSettings(settings);
    return usable ? "" : usable.error().message;
  };
  const std::string broken = "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n";
  EXPECT_EQ(refusal({.ca_certificates = "no PEM"}),
            "the certificate authority data is not PEM certificates");
  EXPECT_EQ(refusal({.ca_certificates = authority.CertificateText() + broken}),
            "the certificate authority data is not PEM certificates");
  EXPECT_EQ(refusal({.client_certificate = client.CertificateText()}),
            "a client certificate and its key belong together; one is missing");
  EXPECT_EQ(refusal({.client_certificate = "x", .client_key = client.KeyText()}),
            "the client certificate is not a PEM certificate");
  EXPECT_EQ(refusal({.client_certificate = client.CertificateText() + broken,
                     .client_key = client.KeyText()}),
            "the chain behind the client certificate is not PEM certificates");
  EXPECT_EQ(refusal({.client_certificate = client.CertificateText(), .client_key = "x"}),
            "the client key is not an unencrypted PEM private key");
  EXPECT_EQ(
      refusal({.client_certificate = client.CertificateText(), .client_key = other.KeyText()}),
      "the client key does not belong to the client certificate");
  EXPECT_EQ(
      refusal({.client_certificate = client.CertificateText(), .client_key = client.KeyText()}),
      "");
}

TEST_F(TlsTest, NamesTheServerWhoseMaterialIsUnusable) {
  KubeConfig config;
  config.server = "https://10.0.0.1";
  config.ca_certificates = "x";
  EXPECT_EQ(Ask(config),
            "server https://10.0.0.1:443: the certificate authority data is not PEM certificates");
}

TEST_F(TlsTest, RefusesANameThatItCannotVerify) {
  for (const std::string& name :
       {std::string("localhost\0.example.org", 22), std::string("127.0.0.1\0.example.org", 22)}) {
    EXPECT_EQ(
        CheckTlsSettings({.server_name = name}).error(),
        (Error{ErrorCode::kInvalid, "the name to verify is no host name; check tls-server-name"}));
  }
}

}  // namespace
}  // namespace schemaop
