#include "kube/exec_plugin.h"

#include <filesystem>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "certificates/certificates.h"
#include "http_server.h"
#include "kube/client.h"
#include "process/process.h"

namespace schemaop {
namespace {

using nlohmann::json;
using ::testing::ElementsAre;
using testing::HttpServer;

constexpr const char* kV1 = "client.authentication.k8s.io/v1";

// A kubeconfig in a folder whose user's credential comes from the shell script "plugin" beside it,
// which counts its runs in the file "runs".
class ExecPluginTest : public ::testing::Test {
 protected:
  void WritePlugin(const std::string& script) const {
    const auto path = folder_.path() / "plugin";
    testing::WriteFile(path, "#!/bin/sh\ncd \"$(dirname \"$0\")\"\necho run >> runs\n" + script);
    std::filesystem::permissions(path, std::filesystem::perms::owner_all);
  }

  // A plugin that prints this status.
  void Print(const json& status) const {
    const json printed{{"apiVersion", kV1}, {"kind", "ExecCredential"}, {"status", status}};
    testing::WriteFile(folder_.path() / "printed", printed.dump());
    WritePlugin("cat printed\n");
  }

  // Fields of exec besides apiVersion and command, and of the cluster besides its server.
  Result<KubeConfig> Config(const std::string& exec = "interactiveMode: Never",
                            const std::string& cluster = "") const {
    const auto path = folder_.path() / "config";
    testing::WriteFile(path, "clusters: [{name: c, cluster: {server: \"" + server_url_ + "\"" +
                                 (cluster.empty() ? "" : ", ") + cluster +
                                 "}}]\nusers: [{name: u, user: {exec: {apiVersion: " + kV1 +
                                 ", command: ./plugin, " + exec +
                                 "}}}]\ncontexts: [{name: x, context: {cluster: c, user: u}}]\n"
                                 "current-context: x\n");
    return LoadKubeconfig(path, "");
  }

  // Empty when the server has answered, else the error, its folder cut out.
  std::string Ask(KubeClient& client) const {
    const auto answer = client.Get("/api", {});
    std::string message = answer ? "" : answer.error().error.message;
    const std::string prefix = folder_.path().string() + "/";
    for (auto at = message.find(prefix); at != std::string::npos; at = message.find(prefix)) {
      message.erase(at, prefix.size());
    }
    return message;
  }
  std::string Ask() const { return Ask(**KubeClient::Create(*Config())); }

  std::string Text(const std::string& name) const {
    const auto path = folder_.path() / name;
    return std::filesystem::exists(path) ? testing::ReadFile(path) : "";
  }
  std::size_t Runs() const { return Text("runs").size() / std::string("run\n").size(); }

  testing::TempFolder folder_;
  std::string server_url_ = "http://127.0.0.1:1";
};

// A server that takes one token and remembers what it was sent.
class ExecPluginServerTest : public ExecPluginTest {
 protected:
  ExecPluginServerTest()
      : server_([this](const httplib::Request& request, httplib::Response& response) {
          const std::lock_guard lock(mutex_);
          seen_.push_back(request.get_header_value("Authorization"));
          if (seen_.back() != "Bearer " + accepted_) response.status = 401;
          response.set_content("{}", "application/json");
        }) {
    server_url_ = server_.Url();
  }

  std::vector<std::string> Seen() {
    const std::lock_guard lock(mutex_);
    return seen_;
  }
  void Accept(const std::string& token) {
    const std::lock_guard lock(mutex_);
    accepted_ = token;
  }

  std::mutex mutex_;
  std::string accepted_ = "one";
  std::vector<std::string> seen_;
  HttpServer server_;
};

TEST_F(ExecPluginServerTest, SendsItsTokenAndKeepsIt) {
  Print({{"token", "one"}});
  const auto client = *KubeClient::Create(*Config());
  EXPECT_EQ(Ask(*client), "");
  EXPECT_EQ(Ask(*client), "");
  EXPECT_THAT(Seen(), ElementsAre("Bearer one", "Bearer one"));
  EXPECT_EQ(Runs(), 1);
}

TEST_F(ExecPluginServerTest, RunsItAgainWhenTheServerRefusesItsToken) {
  Print({{"token", "one"}});
  const auto client = *KubeClient::Create(*Config());
  EXPECT_EQ(Ask(*client), "");
  Accept("two");
  Print({{"token", "two"}});
  EXPECT_EQ(Ask(*client), "");
  EXPECT_THAT(Seen(), ElementsAre("Bearer one", "Bearer one", "Bearer two"));
  Accept("three");
  EXPECT_THAT(Ask(*client), ::testing::HasSubstr("GET /api: 401"));
  EXPECT_EQ(Runs(), 3);
}

TEST_F(ExecPluginServerTest, RunsItAgainBeforeItsCredentialExpires) {
  const auto in = [](std::chrono::seconds time) {
    return FormatRfc3339(std::chrono::system_clock::now() + time);
  };
  Print({{"token", "one"}, {"expirationTimestamp", in(std::chrono::hours(1))}});
  const auto lasting = *KubeClient::Create(*Config());
  for (int i = 0; i < 3; ++i) EXPECT_EQ(Ask(*lasting), "");
  EXPECT_EQ(Runs(), 1);
  Print({{"token", "one"}, {"expirationTimestamp", in(std::chrono::seconds(5))}});
  const auto fleeting = *KubeClient::Create(*Config());
  for (int i = 0; i < 3; ++i) EXPECT_EQ(Ask(*fleeting), "");
  EXPECT_EQ(Runs(), 4);
}

TEST_F(ExecPluginServerTest, RunsOnceForAllWhoAskAtTheSameTime) {
  Print({{"token", "one"}});
  WritePlugin("sleep 0.2; cat printed\n");
  const auto client = *KubeClient::Create(*Config());
  {
    std::vector<std::jthread> asking;
    for (int i = 0; i < 8; ++i) {
      asking.emplace_back([&] { EXPECT_EQ(Ask(*client), ""); });
    }
  }
  EXPECT_EQ(Runs(), 1);
}

TEST_F(ExecPluginServerTest, LeavesItAloneWhenTheUserHasAToken) {
  Accept("static");
  KubeConfig config = *Config();
  config.token = "static";
  EXPECT_EQ(Ask(**KubeClient::Create(config)), "");
  EXPECT_EQ(Runs(), 0);
}

TEST_F(ExecPluginTest, PresentsItsClientCertificate) {
  testing::Certificates certificates;
  const auto authority = certificates.MakeAuthority("authority");
  const auto serving = certificates.Issue("server", "IP:127.0.0.1", authority);
  const auto own = certificates.Issue("client", "DNS:client", authority);
  HttpServer server({.certificate = serving.certificate,
                     .key = serving.key,
                     .client_authority = authority.certificate},
                    [](const httplib::Request&, httplib::Response& response) {
                      response.set_content("{}", "application/json");
                    });
  server_url_ = server.Url();
  Print({{"clientCertificateData", own.CertificateText()}, {"clientKeyData", own.KeyText()}});
  KubeConfig config = *Config();
  config.ca_certificates = authority.CertificateText();
  EXPECT_EQ(Ask(**KubeClient::Create(config)), "");
  Print({{"clientCertificateData", own.CertificateText()}, {"clientKeyData", "x"}});
  EXPECT_EQ(Ask(**KubeClient::Create(config)),
            "GET /api: credential plugin: the client key is not an unencrypted PEM private key");
}

TEST_F(ExecPluginTest, TellsThePluginWhoAsksAndWhere) {
  WritePlugin("printf %s \"$KUBERNETES_EXEC_INFO\" > info; echo $FLAVOUR $@ > said; exit 1\n");
  testing::WriteFile(folder_.path() / "ca", "CA");
  const auto config = Config(
      "args: [get-token, --port, 8080], env: [{name: FLAVOUR, value: sweet}], "
      "interactiveMode: IfAvailable, provideClusterInfo: true",
      "certificate-authority: ca, tls-server-name: kubernetes, proxy-url: \"socks5://p\", "
      "extensions: [{name: other, extension: 1}, {name: client.authentication.k8s.io/exec, "
      "extension: {audience: \"06f6\", port: 8080, on: true, list: [a, null]}}]");
  ASSERT_TRUE(config.has_value()) << config.error().message;
  const auto ran = RunExecPlugin(*config->exec, {}, std::chrono::steady_clock::time_point::max());
  EXPECT_EQ(ran.error().code, ErrorCode::kDenied);
  EXPECT_EQ(Text("said"), "sweet get-token --port 8080\n");
  const json info = json::parse(Text("info"));
  EXPECT_EQ(info.at("apiVersion"), kV1);
  EXPECT_EQ(info.at("kind"), "ExecCredential");
  EXPECT_TRUE(info.at("spec").at("interactive").is_boolean());
  EXPECT_EQ(info.at("spec").at("cluster"),
            json::parse(R"({"server":"http://127.0.0.1:1","tls-server-name":"kubernetes",
                "certificate-authority-data":"Q0E=","proxy-url":"socks5://p",
                "config":{"audience":"06f6","port":8080,"on":true,"list":["a",null]}})"));
}

TEST_F(ExecPluginTest, SaysNothingOfTheClusterUnlessAsked) {
  EXPECT_EQ(
      ExecInfo(*Config()->exec, false),
      R"({"apiVersion":"client.authentication.k8s.io/v1","kind":"ExecCredential","spec":{"interactive":false}})");
}

TEST_F(ExecPluginTest, PassesOnTheInstallHintOfAMissingPlugin) {
  const auto config = Config("interactiveMode: Never, installHint: \"Run apt install plugin.\\n\"");
  ASSERT_TRUE(config.has_value()) << config.error().message;
  EXPECT_EQ(Ask(**KubeClient::Create(*config)),
            "GET /api: credential plugin plugin: cannot run plugin: No such file or directory; "
            "Run apt install plugin.");
}

TEST_F(ExecPluginTest, SaysHowAPluginFailed) {
  WritePlugin("exit 7\n");
  EXPECT_EQ(Ask(),
            "GET /api: credential plugin plugin failed with exit code 7; it said why on "
            "standard error");
  WritePlugin("echo secret-but-no-json\n");
  EXPECT_EQ(
      Ask(),
      "GET /api: credential plugin plugin: what it printed is of no use: it is no JSON object");
}

TEST_F(ExecPluginTest, EndsWithTheDeadlineOfTheCall) {
  WritePlugin("exec sleep 3600\n");
  EXPECT_EQ(Ask(**KubeClient::Create(*Config(), {.deadline = std::chrono::milliseconds(100)})),
            "GET /api: credential plugin plugin: plugin did not end in time");
}

TEST_F(ExecPluginTest, RefusesWhatIsNoCredential) {
  const auto refusal = [](const json& printed) {
    return ParseExecCredential(printed.dump(), kV1).error().message;
  };
  const std::string useless = "what it printed is of no use: ";
  json printed{{"apiVersion", "client.authentication.k8s.io/v1beta1"}, {"kind", "Secret"}};
  EXPECT_EQ(refusal(printed), useless + "kind is not ExecCredential");
  printed["kind"] = "ExecCredential";
  EXPECT_EQ(refusal(printed), useless + "apiVersion is not " + kV1);
  printed["apiVersion"] = kV1;
  EXPECT_EQ(refusal(printed), useless + "it has no status");
  printed["status"] = json::object();
  EXPECT_EQ(refusal(printed), useless + "status has neither a token nor a client certificate");
  printed["status"]["clientKeyData"] = "x";
  EXPECT_EQ(refusal(printed),
            useless + "clientCertificateData and clientKeyData belong together; one is missing");
  printed["status"] = {{"token", "a\nX-Remote-User: admin"}};
  EXPECT_EQ(refusal(printed), useless + "the token holds spaces or control characters");
  printed["status"] = {{"token", "a"}, {"expirationTimestamp", "soon"}};
  EXPECT_EQ(refusal(printed), useless + "status.expirationTimestamp is no time");
}

TEST_F(ExecPluginTest, NamesTheFieldOfTheKubeconfigThatIsWrong) {
  const auto refusal = [&](const std::string& exec) {
    const auto path = folder_.path() / "config";
    testing::WriteFile(path,
                       "clusters: [{name: c, cluster: {server: \"https://h\"}}]\n"
                       "users: [{name: u, user: {exec: " +
                           exec +
                           "}}]\n"
                           "contexts: [{name: x, context: {cluster: c, user: u}}]\n"
                           "current-context: x\n");
    const auto config = LoadKubeconfig(path, "");
    EXPECT_EQ(config.error().code, ErrorCode::kInvalid);
    const std::string prefix = "kubeconfig " + path.string() + ": users[u].exec";
    EXPECT_EQ(config.error().message.substr(0, prefix.size()), prefix);
    return config.error().message.substr(prefix.size());
  };
  const std::string v1 = std::string("apiVersion: ") + kV1;
  EXPECT_EQ(refusal("aws"), ": it is not a map");
  EXPECT_EQ(refusal("{command: aws, apiVersion: client.authentication.k8s.io/v1alpha1}"),
            ".apiVersion: it must be client.authentication.k8s.io/v1 or "
            "client.authentication.k8s.io/v1beta1");
  EXPECT_EQ(refusal("{" + v1 + "}"), ".command: it is missing");
  EXPECT_EQ(refusal("{command: aws, " + v1 + "}"),
            ".interactiveMode: it must be Never, IfAvailable or Always");
  EXPECT_EQ(refusal("{command: aws, args: x, " + v1 + "}"), ".args: it is no list");
  EXPECT_EQ(refusal("{command: aws, env: x, " + v1 + "}"), ".env: it is no list");
  EXPECT_EQ(refusal("{command: aws, env: [{value: x}], " + v1 + "}"),
            ".env: a variable has no name");
}

TEST_F(ExecPluginTest, LooksUpBareNamesOnPathAndRelativeOnesBesideTheKubeconfig) {
  const auto command = [&](const std::string& name) {
    const auto path = folder_.path() / "config";
    testing::WriteFile(path,
                       "clusters: [{name: c, cluster: {server: \"https://h\"}}]\n"
                       "users: [{name: u, user: {exec: {command: " +
                           name +
                           ", apiVersion: client.authentication.k8s.io/v1beta1}}}]\n"
                           "contexts: [{name: x, context: {cluster: c, user: u}}]\n"
                           "current-context: x\n");
    const auto config = LoadKubeconfig(path, "");
    EXPECT_EQ(config->exec->interactive, ExecPlugin::Interactive::kIfAvailable);
    return config->exec->command.front();
  };
  EXPECT_EQ(command("aws"), "aws");
  EXPECT_EQ(command("/usr/bin/aws"), "/usr/bin/aws");
  EXPECT_EQ(command("bin/aws"), (folder_.path() / "bin/aws").string());
}

}  // namespace
}  // namespace schemaop
