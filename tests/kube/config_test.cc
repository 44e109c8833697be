#include "kube/config.h"

#include <cstdlib>
#include <map>
#include <optional>
#include <string>

#include <gtest/gtest.h>

#include "process/process.h"

namespace schemaop {
namespace {

// Sets variables for one test and gives back what was there.
class Environment {
 public:
  ~Environment() {
    for (const auto& [name, value] : before_) {
      if (value) {
        ::setenv(name.c_str(), value->c_str(), 1);
      } else {
        ::unsetenv(name.c_str());
      }
    }
  }

  void Set(const std::string& name, const std::string& value) {
    const char* const old = std::getenv(name.c_str());
    before_.try_emplace(name, old == nullptr ? std::nullopt : std::optional<std::string>(old));
    if (value.empty()) {
      ::unsetenv(name.c_str());
    } else {
      ::setenv(name.c_str(), value.c_str(), 1);
    }
  }

 private:
  std::map<std::string, std::optional<std::string>> before_;
};

class ConfigTest : public ::testing::Test {
 protected:
  ConfigTest() {
    for (const char* name : {"KUBECONFIG", "KUBERNETES_SERVICE_HOST", "KUBERNETES_SERVICE_PORT"}) {
      environment.Set(name, "");
    }
    environment.Set("HOME", folder.path().string());
  }

  std::filesystem::path Write(const std::string& name, const std::string& text) const {
    const std::filesystem::path path = folder.path() / name;
    std::filesystem::create_directories(path.parent_path());
    testing::WriteFile(path, text);
    return path;
  }

  // A kubeconfig whose one cluster and user have these fields.
  std::filesystem::path Kubeconfig(const std::string& cluster, const std::string& user) const {
    return Write(
        "config",
        "clusters: [{name: c, cluster: {" + cluster + "}}]\nusers: [{name: u, user: {" + user +
            "}}]\ncontexts: [{name: x, context: {cluster: c, user: u}}]\ncurrent-context: x\n");
  }

  // The message, with the folder's path cut out.
  std::string Refusal(const Result<KubeConfig>& config) const {
    if (config) return "";
    std::string message = config.error().message;
    const std::string prefix = folder.path().string() + "/";
    for (auto at = message.find(prefix); at != std::string::npos; at = message.find(prefix)) {
      message.erase(at, prefix.size());
    }
    return message;
  }

  testing::TempFolder folder;
  Environment environment;
};

TEST_F(ConfigTest, ReadsEveryFieldOfAKubeconfig) {
  Write("pki/key.pem", "KEY");
  const auto path = Write("config", R"(
apiVersion: v1
kind: Config
current-context: other
clusters:
- name: prod
  cluster:
    server: https://[fd00::1]:6443/prefix/
    certificate-authority-data: Q0E=
    tls-server-name: kubernetes
users:
- name: admin
  user:
    token: " secret "
    tokenFile: tokens/admin
    client-certificate-data: Q0VSVA==
    client-key: pki/key.pem
contexts:
- name: prod
  context: {cluster: prod, user: admin, namespace: shop}
)");
  const auto config = LoadKubeconfig(path, "prod");
  ASSERT_TRUE(config.has_value()) << config.error().message;
  EXPECT_EQ(config->server, "https://[fd00::1]:6443/prefix");
  EXPECT_EQ(config->ca_certificates, "CA");
  EXPECT_EQ(config->ca_file, "");
  EXPECT_EQ(config->server_name, "kubernetes");
  EXPECT_EQ(config->token, "secret");
  EXPECT_EQ(config->token_file, folder.path() / "tokens/admin");
  EXPECT_EQ(config->client_certificate, "CERT");
  EXPECT_EQ(config->client_key, "KEY");
  EXPECT_EQ(config->default_namespace, "shop");
  EXPECT_FALSE(config->insecure_skip_tls_verify);
}

TEST_F(ConfigTest, PrefersDataToAFileAndWatchesTheFileOtherwise) {
  Write("ca.pem", "FILE");
  const auto both = LoadKubeconfig(
      Kubeconfig(
          "server: https://h, certificate-authority: ca.pem, certificate-authority-data: REFUQQ==",
          ""),
      "");
  EXPECT_EQ(both->ca_certificates, "DATA");
  EXPECT_EQ(both->ca_file, "");
  const auto file =
      LoadKubeconfig(Kubeconfig("server: https://h, certificate-authority: ca.pem", ""), "");
  EXPECT_EQ(file->ca_certificates, "FILE");
  EXPECT_EQ(file->ca_file, folder.path() / "ca.pem");
}

TEST_F(ConfigTest, ReadsWhomToActAsAndWhichProxyToUse) {
  const auto config = LoadKubeconfig(
      Kubeconfig("server: https://h, proxy-url: \"http://proxy:3128\"",
                 "as: jane, as-uid: 7, as-groups: [admins, 42], as-user-extra: {scopes: [a, b]}"),
      "");
  ASSERT_TRUE(config.has_value()) << config.error().message;
  EXPECT_EQ(config->proxy_url, "http://proxy:3128");
  EXPECT_EQ(config->impersonation.user, "jane");
  EXPECT_EQ(config->impersonation.uid, "7");
  EXPECT_EQ(config->impersonation.groups, (std::vector<std::string>{"admins", "42"}));
  EXPECT_EQ(config->impersonation.extra,
            (std::map<std::string, std::vector<std::string>>{{"scopes", {"a", "b"}}}));
}

TEST_F(ConfigTest, WatchesTheFilesOfAClientCertificate) {
  Write("c.pem", "CERT");
  Write("k.pem", "KEY");
  const auto config = LoadKubeconfig(
      Kubeconfig("server: https://h", "client-certificate: c.pem, client-key: k.pem"), "");
  ASSERT_TRUE(config.has_value()) << config.error().message;
  EXPECT_EQ(config->client_certificate_file, folder.path() / "c.pem");
  EXPECT_EQ(config->client_key_file, folder.path() / "k.pem");
}

TEST_F(ConfigTest, UsesTheDefaultNamespaceAndNoCredentialsWhenNothingIsSaid) {
  const auto config = LoadKubeconfig(Kubeconfig("server: http://127.0.0.1:8001", ""), "");
  ASSERT_TRUE(config.has_value());
  EXPECT_EQ(config->default_namespace, "default");
  EXPECT_EQ(config->token, "");
}

TEST_F(ConfigTest, MergesTheFilesOfKubeconfigTheFirstToNameAThingWinning) {
  const auto first = Write("a/one", R"(
clusters: [{name: c, cluster: {server: "https://one", certificate-authority: ca.pem}}]
users: [{name: u, user: {token: first}}]
)");
  Write("a/ca.pem", "ONE");
  const auto second = Write("b/two", R"(
current-context: x
clusters: [{name: c, cluster: {server: "https://two", insecure-skip-tls-verify: true}}]
users: [{name: u, user: {token: second, tokenFile: t}}]
contexts: [{name: x, context: {cluster: c, user: u}}, {name: y, context: {cluster: c}}]
)");
  const auto third = Write("c/three", "current-context: y\n");
  environment.Set("KUBECONFIG", first.string() + ":/nonexistent/config::" + second.string() + ":" +
                                    third.string());
  const auto config = LoadKubeconfig("", "");
  ASSERT_TRUE(config.has_value()) << config.error().message;
  EXPECT_EQ(config->server, "https://one");
  EXPECT_EQ(config->ca_certificates, "ONE");
  EXPECT_FALSE(config->insecure_skip_tls_verify);
  EXPECT_EQ(config->token, "first");
  EXPECT_EQ(config->token_file, "");
}

TEST_F(ConfigTest, ReadsTheDefaultFileBelowHome) {
  Write(".kube/config",
        "clusters: [{name: c, cluster: {server: \"https://home\"}}]\n"
        "contexts: [{name: x, context: {cluster: c}}]\ncurrent-context: x\n");
  EXPECT_EQ(LoadKubeconfig("", "")->server, "https://home");
  EXPECT_EQ(ResolveKubeConfig("", "")->server, "https://home");
}

TEST_F(ConfigTest, SaysWhichFileIsMissing) {
  const auto config = LoadKubeconfig("", "");
  ASSERT_FALSE(config.has_value());
  EXPECT_EQ(config.error().code, ErrorCode::kNotFound);
  EXPECT_EQ(Refusal(config),
            "kubeconfig .kube/config does not exist; give one with --kubeconfig or $KUBECONFIG");
}

TEST_F(ConfigTest, NamesFileAndFieldOfWhatIsWrong) {
  const auto refusal = [&](const std::string& cluster, const std::string& user) {
    const auto config = LoadKubeconfig(Kubeconfig(cluster, user), "");
    EXPECT_EQ(config.error().code, ErrorCode::kInvalid);
    return Refusal(config);
  };
  const std::string server = "server: https://h";
  EXPECT_EQ(refusal("", ""), "kubeconfig config: clusters[c].server: it is missing");
  EXPECT_EQ(refusal("server: nonsense", ""),
            "kubeconfig config: clusters[c].server: server \"nonsense\" does not begin with "
            "https:// or http://; write https://HOST:PORT");
  EXPECT_EQ(
      refusal(server + ", insecure-skip-tls-verify: yes", ""),
      "kubeconfig config: clusters[c].insecure-skip-tls-verify: it is neither true nor false");
  EXPECT_EQ(
      refusal(server + ", insecure-skip-tls-verify: true, certificate-authority-data: Q0E=", ""),
      "kubeconfig config: clusters[c].insecure-skip-tls-verify: it contradicts the "
      "certificate-authority "
      "beside it");
  EXPECT_EQ(refusal(server + ", certificate-authority-data: \"*\"", ""),
            "kubeconfig config: clusters[c].certificate-authority-data: it is not base64");
  EXPECT_EQ(refusal(server + ", certificate-authority: ca.pem", ""),
            "kubeconfig config: clusters[c].certificate-authority: file ca.pem cannot be read or "
            "is empty");
  EXPECT_EQ(refusal(server + ", proxy-url: https://p", ""),
            "kubeconfig config: clusters[c].proxy-url: a proxy is reached by http:// or socks5://; "
            "https:// and others are not spoken");
  EXPECT_EQ(refusal(server, "client-certificate-data: Q0E="),
            "kubeconfig config: users[u].client-key: it is missing; a client certificate and its "
            "key belong together");
  EXPECT_EQ(refusal(server, "client-key-data: Q0E="),
            "kubeconfig config: users[u].client-certificate: it is missing; a client certificate "
            "and its key belong "
            "together");
  EXPECT_EQ(refusal(server, "auth-provider: {name: gcp}"),
            "kubeconfig config: users[u].auth-provider: auth providers are gone from Kubernetes; "
            "use exec, a token or a client certificate");
  EXPECT_EQ(refusal(server, "username: admin, password: hunter2"),
            "kubeconfig config: users[u].username: basic authentication is not supported; use a "
            "token or a client "
            "certificate");
  EXPECT_EQ(refusal(server, "as: root, as-groups: wheel"),
            "kubeconfig config: users[u].as-groups: it is no list");
  EXPECT_EQ(refusal(server, "as: root, as-user-extra: {scopes: view}"),
            "kubeconfig config: users[u].as-user-extra: scopes: it is no list");
}

TEST_F(ConfigTest, NamesTheContextThatDoesNotLeadAnywhere) {
  const auto path =
      Write("config",
            "clusters: []\nusers: []\ncontexts: [{name: x, context: {cluster: c, user: u}}, "
            "{name: empty}]\n");
  EXPECT_EQ(Refusal(LoadKubeconfig(path, "")),
            "kubeconfig config: current-context is not set; choose one with --context");
  EXPECT_EQ(Refusal(LoadKubeconfig(path, "y")), "kubeconfig config: there is no context \"y\"");
  EXPECT_EQ(Refusal(LoadKubeconfig(path, "x")),
            "kubeconfig config: contexts[x].cluster: there is no cluster \"c\" in config");
  EXPECT_EQ(Refusal(LoadKubeconfig(path, "empty")),
            "kubeconfig config: contexts[empty].cluster: it is missing");
  const auto gone = Write("gone", "current-context: z\n");
  EXPECT_EQ(Refusal(LoadKubeconfig(gone, "")),
            "kubeconfig gone: current-context: there is no context \"z\"");
}

TEST_F(ConfigTest, PointsAtMalformedYamlWithoutQuotingIt) {
  const auto refusal = [&](const std::string& text) {
    return Refusal(LoadKubeconfig(Write("config", text), ""));
  };
  EXPECT_EQ(refusal("users:\n- {token: hunter2\n"),
            "kubeconfig config: line 3, column 1: it is not well-formed YAML");
  EXPECT_EQ(refusal("[]"), "kubeconfig config: it is not a YAML map");
  EXPECT_EQ(refusal("clusters: {}"), "kubeconfig config: clusters is not a list");
  EXPECT_EQ(refusal("users: [1]"), "kubeconfig config: users[0] is not a map");
  EXPECT_EQ(refusal("users: [{}]"), "kubeconfig config: users[0].name is missing");
  EXPECT_EQ(refusal("users: [{name: u, user: 1}]"),
            "kubeconfig config: users[0].user is not a map");
}

TEST_F(ConfigTest, ReadsTheServiceAccountOfAPod) {
  environment.Set("KUBERNETES_SERVICE_HOST", "fd00::1");
  environment.Set("KUBERNETES_SERVICE_PORT", "443");
  Write("sa/token", "t\n");
  Write("sa/ca.crt", "CA");
  Write("sa/namespace", "operators\n");
  const auto config = InClusterConfig(folder.path() / "sa");
  ASSERT_TRUE(config.has_value()) << config.error().message;
  EXPECT_EQ(config->server, "https://[fd00::1]:443");
  EXPECT_EQ(config->token_file, folder.path() / "sa/token");
  EXPECT_EQ(config->ca_file, folder.path() / "sa/ca.crt");
  EXPECT_EQ(config->ca_certificates, "CA");
  EXPECT_EQ(config->default_namespace, "operators");
}

TEST_F(ConfigTest, SaysWhatAPodLacks) {
  EXPECT_EQ(Refusal(InClusterConfig(folder.path())),
            "this is not a pod: KUBERNETES_SERVICE_HOST and _PORT are not set");
  environment.Set("KUBERNETES_SERVICE_HOST", "10.0.0.1");
  environment.Set("KUBERNETES_SERVICE_PORT", "443");
  EXPECT_EQ(
      Refusal(InClusterConfig(folder.path())),
      "service account token token cannot be read or is empty; check automountServiceAccountToken");
  Write("token", "t");
  EXPECT_EQ(Refusal(InClusterConfig(folder.path())),
            "certificate authority ca.crt cannot be read or is empty");
}

}  // namespace
}  // namespace schemaop
