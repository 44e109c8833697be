#include "tests/support/apiserver/real_apiserver.h"

#include <cstdio>
#include <cstdlib>
#include <httplib.h>
#include <stdexcept>
#include <vector>

#include <fmt/format.h>
#include <nlohmann/json.hpp>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/rsa.h>

#include "tests/support/process/process.h"

namespace schemaop::testing {
namespace {

namespace fs = std::filesystem;

constexpr const char* kToken = "contract-administrator";
constexpr std::chrono::seconds kStartTimeout{180};
constexpr const char* kAuditPolicy = R"(apiVersion: audit.k8s.io/v1
kind: Policy
omitStages: [RequestReceived]
rules:
  - {level: None, userGroups: ["system:masters"]}
  - {level: None, users: ["system:apiserver", "system:anonymous"]}
  - {level: Metadata}
)";

struct FileCloser {
  void operator()(std::FILE* file) const { std::fclose(file); }
};

// The pair of keys ServiceAccount tokens are signed and checked with.
void WriteSigningKeys(const fs::path& private_file, const fs::path& public_file) {
  const std::unique_ptr<EVP_PKEY, decltype(&EVP_PKEY_free)> key(EVP_RSA_gen(2048), EVP_PKEY_free);
  const std::unique_ptr<std::FILE, FileCloser> secret(std::fopen(private_file.c_str(), "w"));
  const std::unique_ptr<std::FILE, FileCloser> open(std::fopen(public_file.c_str(), "w"));
  if (!key || !secret || !open ||
      PEM_write_PrivateKey(secret.get(), key.get(), nullptr, nullptr, 0, nullptr, nullptr) != 1 ||
      PEM_write_PUBKEY(open.get(), key.get()) != 1) {
    throw std::runtime_error("cannot write the keys of ServiceAccount tokens");
  }
}

std::string Tail(const std::string& text) {
  return text.size() > 2000 ? text.substr(text.size() - 2000) : text;
}

}  // namespace

std::optional<fs::path> KubebuilderAssets() {
  const char* assets = std::getenv("KUBEBUILDER_ASSETS");
  if (!assets || !*assets) return std::nullopt;
  const fs::path folder(assets);
  if (!fs::exists(folder / "etcd") || !fs::exists(folder / "kube-apiserver")) return std::nullopt;
  return folder;
}

struct RealApiServer::State {
  TempFolder folder;
  fs::path assets;
  int etcd_port = 0;
  int api_port = 0;
  std::unique_ptr<ChildProcess> etcd;
  std::unique_ptr<ChildProcess> api;

  std::string Url() const { return fmt::format("https://127.0.0.1:{}", api_port); }
  std::string EtcdUrl() const { return fmt::format("http://127.0.0.1:{}", etcd_port); }

  fs::path AuditLog() const { return folder.path() / "audit.log"; }

  void StartEtcd() {
    etcd_port = FreePort();
    ProcessOptions options;
    options.arguments = {(assets / "etcd").string(),
                         "--data-dir=" + (folder.path() / "etcd").string(),
                         "--unsafe-no-fsync",
                         "--listen-client-urls=" + EtcdUrl(),
                         "--advertise-client-urls=" + EtcdUrl(),
                         fmt::format("--listen-peer-urls=http://127.0.0.1:{}", FreePort())};
    etcd = std::make_unique<ChildProcess>(options);
  }

  void StartApi() {
    const fs::path key = folder.path() / "sa.key", open = folder.path() / "sa.pub";
    WriteSigningKeys(key, open);
    WriteFile(folder.path() / "tokens.csv", fmt::format("{},admin,1,\"system:masters\"\n", kToken));
    WriteFile(folder.path() / "audit-policy.yaml", kAuditPolicy);
    api_port = FreePort();
    ProcessOptions options;
    options.arguments = {(assets / "kube-apiserver").string(),
                         "--etcd-servers=" + EtcdUrl(),
                         "--service-cluster-ip-range=10.0.0.0/24",
                         "--bind-address=127.0.0.1",
                         fmt::format("--secure-port={}", api_port),
                         "--cert-dir=" + (folder.path() / "certs").string(),
                         "--service-account-key-file=" + open.string(),
                         "--service-account-signing-key-file=" + key.string(),
                         "--service-account-issuer=https://local",
                         "--token-auth-file=" + (folder.path() / "tokens.csv").string(),
                         "--authorization-mode=RBAC",
                         "--audit-policy-file=" + (folder.path() / "audit-policy.yaml").string(),
                         "--audit-log-path=" + AuditLog().string(),
                         "--disable-admission-plugins=ServiceAccount"};
    api = std::make_unique<ChildProcess>(options);
  }

  bool Ready() {
    httplib::Client client(Url());
    client.enable_server_certificate_verification(false);
    const auto answer = client.Get("/readyz", {{"Authorization", std::string("Bearer ") + kToken}});
    return answer && answer->status == 200;
  }

  void WaitUntilReady() {
    bool ended = false;
    const bool ready = WaitUntil(
        [&] {
          ended = !etcd->Running() || !api->Running();
          return ended || Ready();
        },
        kStartTimeout);
    if (ready && !ended) return;
    throw std::runtime_error(fmt::format("kube-apiserver did not become ready\n{}\n{}",
                                         Tail(etcd->Err()), Tail(api->Err())));
  }
};

RealApiServer::RealApiServer(const fs::path& assets) : state_(std::make_unique<State>()) {
  state_->assets = assets;
  state_->StartEtcd();
  state_->StartApi();
  state_->WaitUntilReady();
  WriteFile(state_->folder.path() / "kubeconfig", KubeconfigWithToken(kToken));
}

RealApiServer::~RealApiServer() {
  // The API server first: without etcd it would spend its last seconds reconnecting.
  state_->api.reset();
  state_->etcd.reset();
}

Cluster RealApiServer::cluster() const {
  return {"kube-apiserver", state_->Url(), kToken, state_->folder.path() / "kubeconfig",
          FindKubectl()};
}

fs::path RealApiServer::ca_file() const {
  return state_->folder.path() / "certs" / "apiserver.crt";
}

fs::path RealApiServer::audit_log() const { return state_->AuditLog(); }

std::string RealApiServer::ServiceAccountToken(const std::string& ns, const std::string& name,
                                               const std::string& pod) const {
  nlohmann::json request = {{"apiVersion", "authentication.k8s.io/v1"},
                            {"kind", "TokenRequest"},
                            {"spec", nlohmann::json::object()}};
  if (!pod.empty()) {
    request["spec"]["boundObjectRef"] = {{"apiVersion", "v1"}, {"kind", "Pod"}, {"name", pod}};
  }
  httplib::Client client(state_->Url());
  client.enable_server_certificate_verification(false);
  const auto answer = client.Post(
      fmt::format("/api/v1/namespaces/{}/serviceaccounts/{}/token", ns, name),
      {{"Authorization", std::string("Bearer ") + kToken}}, request.dump(), "application/json");
  const auto body = answer ? nlohmann::json::parse(answer->body, nullptr, false) : nlohmann::json();
  if (!answer || answer->status != 201 || !body.is_object()) {
    throw std::runtime_error(fmt::format("no token for serviceaccount {}/{}: {}", ns, name,
                                         answer ? answer->body : "no answer"));
  }
  return body["status"]["token"].get<std::string>();
}

std::string RealApiServer::KubeconfigWithToken(const std::string& token) const {
  return KubeconfigText("kube-apiserver", state_->Url(), token, ca_file());
}

void RealApiServer::Compact() {
  httplib::Client etcd(state_->EtcdUrl());
  const auto status = etcd.Post("/v3/maintenance/status", "{}", "application/json");
  const auto body = status ? nlohmann::json::parse(status->body, nullptr, false) : nlohmann::json();
  if (!body.is_object()) throw std::runtime_error("etcd does not say its revision");
  const nlohmann::json request = {{"revision", body["header"]["revision"]}, {"physical", true}};
  const auto done = etcd.Post("/v3/kv/compaction", request.dump(), "application/json");
  if (!done || done->status != 200) throw std::runtime_error("etcd refused to compact");
}

}  // namespace schemaop::testing
