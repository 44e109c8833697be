#include <cstdlib>
#include <fstream>
#include <iterator>
#include <utility>
#include <vector>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "base/text.h"
#include "kube/base64.h"
#include "kube/config.h"
#include "kube/endpoint.h"
#include "kube/kubeconfig_exec.h"
#include "kube/kubeconfig_files.h"
#include "kube/proxy.h"

namespace schemaop {
namespace {

// Fields that would change who we are or how we get there; passing over them would act as somebody
// else.
constexpr std::pair<const char*, const char*> kUnsupported[] = {
    {"auth-provider",
     "auth providers are gone from Kubernetes; use exec, a token or a client "
     "certificate"},
    {"username", "basic authentication is not supported; use a token or a client certificate"},
};

std::string Field(const KubeconfigEntry& entry, const char* name) {
  const auto field = entry.fields.find(name);
  return field == entry.fields.end() ? std::string() : field->second;
}

tl::unexpected<Error> Refuse(const KubeconfigEntry& entry, const char* field,
                             std::string_view problem) {
  return Fail(ErrorCode::kInvalid, fmt::format("{}.{}: {}", entry.where, field, problem));
}

std::filesystem::path PathField(const KubeconfigEntry& entry, const char* name) {
  const std::string text = Field(entry, name);
  if (text.empty()) return {};
  return std::filesystem::absolute(entry.file).parent_path() / text;
}

// The PEM text of NAME-data, or of the file NAME names; empty when there is neither.
Result<std::string> PemField(const KubeconfigEntry& entry, const char* name) {
  const std::string data_name = std::string(name) + "-data";
  if (const std::string data = Field(entry, data_name.c_str()); !data.empty()) {
    std::optional<std::string> bytes = DecodeBase64(data);
    if (!bytes) return Refuse(entry, data_name.c_str(), "it is not base64");
    return *std::move(bytes);
  }
  const std::filesystem::path path = PathField(entry, name);
  if (path.empty()) return std::string();
  std::ifstream in(path, std::ios::binary);
  std::string text((std::istreambuf_iterator<char>(in)), std::istreambuf_iterator<char>());
  if (!in.is_open() || in.bad() || text.empty()) {
    return Refuse(entry, name, fmt::format("file {} cannot be read or is empty", path.string()));
  }
  return text;
}

// The file to read again while running.
std::filesystem::path FileUnlessData(const KubeconfigEntry& entry, const char* name) {
  const bool has_data = !Field(entry, (std::string(name) + "-data").c_str()).empty();
  return has_data ? std::filesystem::path() : PathField(entry, name);
}

Result<void> RefuseUnsupported(const KubeconfigEntry& entry) {
  for (const auto& [field, problem] : kUnsupported) {
    if (entry.fields.contains(field)) return Refuse(entry, field, problem);
  }
  return {};
}

Result<void> ApplyCluster(const KubeconfigEntry& cluster, KubeConfig& config) {
  if (auto supported = RefuseUnsupported(cluster); !supported) return supported;
  config.server = Field(cluster, "server");
  if (config.server.empty()) return Refuse(cluster, "server", "it is missing");
  if (auto endpoint = ParseEndpoint(config.server); !endpoint)
    return Refuse(cluster, "server", endpoint.error().message);
  while (config.server.ends_with('/')) config.server.pop_back();
  config.server_name = Field(cluster, "tls-server-name");
  const std::string insecure = Field(cluster, "insecure-skip-tls-verify");
  if (!insecure.empty() && insecure != "true" && insecure != "false") {
    return Refuse(cluster, "insecure-skip-tls-verify", "it is neither true nor false");
  }
  config.insecure_skip_tls_verify = insecure == "true";
  Result<std::string> authorities = PemField(cluster, "certificate-authority");
  if (!authorities) return Fail(std::move(authorities).error());
  config.ca_certificates = *std::move(authorities);
  if (config.insecure_skip_tls_verify && !config.ca_certificates.empty()) {
    return Refuse(cluster, "insecure-skip-tls-verify",
                  "it contradicts the certificate-authority beside it");
  }
  config.ca_file = FileUnlessData(cluster, "certificate-authority");
  config.proxy_url = Field(cluster, "proxy-url");
  if (config.proxy_url.empty()) return {};
  if (auto proxy = ParseProxy(config.proxy_url); !proxy) {
    return Refuse(cluster, "proxy-url", proxy.error().message);
  }
  return {};
}

// The texts of a list; a scalar in it is a text whatever it looks like.
Result<std::vector<std::string>> Texts(const nlohmann::json& list) {
  std::vector<std::string> texts;
  if (!list.is_array()) return Fail(ErrorCode::kInvalid, "it is no list");
  for (const nlohmann::json& text : list) {
    texts.push_back(text.is_string() ? text.get<std::string>() : text.dump());
  }
  return texts;
}

Result<void> ApplyImpersonation(const KubeconfigEntry& user, Impersonation& who) {
  who.user = Field(user, "as");
  who.uid = Field(user, "as-uid");
  const auto groups = user.whole->find("as-groups");
  if (groups != user.whole->end() && !groups->is_null()) {
    auto texts = Texts(*groups);
    if (!texts) return Refuse(user, "as-groups", texts.error().message);
    who.groups = *std::move(texts);
  }
  const auto extra = user.whole->find("as-user-extra");
  if (extra == user.whole->end() || extra->is_null()) return {};
  if (!extra->is_object()) return Refuse(user, "as-user-extra", "it is no map");
  for (const auto& [key, values] : extra->items()) {
    auto texts = Texts(values);
    if (!texts)
      return Refuse(user, "as-user-extra", fmt::format("{}: {}", key, texts.error().message));
    who.extra.emplace(key, *std::move(texts));
  }
  return {};
}

Result<void> ApplyUser(const KubeconfigEntry& user, KubeConfig& config) {
  if (auto supported = RefuseUnsupported(user); !supported) return supported;
  config.token = Trim(Field(user, "token"));
  config.token_file = PathField(user, "tokenFile");
  Result<std::string> certificate = PemField(user, "client-certificate");
  if (!certificate) return Fail(std::move(certificate).error());
  Result<std::string> key = PemField(user, "client-key");
  if (!key) return Fail(std::move(key).error());
  config.client_certificate = *std::move(certificate);
  config.client_key = *std::move(key);
  if (config.client_certificate.empty() != config.client_key.empty()) {
    return Refuse(user, config.client_key.empty() ? "client-key" : "client-certificate",
                  "it is missing; a client certificate and its key belong together");
  }
  config.client_certificate_file = FileUnlessData(user, "client-certificate");
  config.client_key_file = FileUnlessData(user, "client-key");
  return ApplyImpersonation(user, config.impersonation);
}

std::vector<std::filesystem::path> DefaultPaths() {
  std::vector<std::filesystem::path> paths;
  if (const char* const variable = std::getenv("KUBECONFIG")) {
    for (const std::string& part : Split(variable, ':')) {
      if (!part.empty()) paths.emplace_back(part);
    }
  }
  if (!paths.empty()) return paths;
  const char* const home = std::getenv("HOME");
  return {std::filesystem::path(home == nullptr ? "/" : home) / ".kube" / "config"};
}

// The entry `context` refers to as `kind`; an empty name means none.
Result<const KubeconfigEntry*> Find(const KubeconfigEntry& context, const char* kind,
                                    const std::map<std::string, KubeconfigEntry>& entries,
                                    const KubeconfigFiles& files) {
  const std::string name = Field(context, kind);
  if (name.empty()) return nullptr;
  const auto found = entries.find(name);
  if (found != entries.end()) return &found->second;
  return Refuse(context, kind, fmt::format("there is no {} \"{}\" in {}", kind, name, files.names));
}

Result<const KubeconfigEntry*> FindContext(const KubeconfigFiles& files, const std::string& asked) {
  const std::string name = asked.empty() ? files.current_context : asked;
  if (name.empty()) {
    return Fail(ErrorCode::kInvalid,
                fmt::format("kubeconfig {}: current-context is not set; choose one with --context",
                            files.names));
  }
  const auto found = files.contexts.find(name);
  if (found == files.contexts.end()) {
    return Fail(ErrorCode::kInvalid,
                fmt::format("kubeconfig {}: {}there is no context \"{}\"", files.names,
                            asked.empty() ? "current-context: " : "", name));
  }
  return &found->second;
}

}  // namespace

Result<KubeConfig> LoadKubeconfig(const std::filesystem::path& path, const std::string& context) {
  const Result<KubeconfigFiles> files =
      ReadKubeconfigFiles(path.empty() ? DefaultPaths() : std::vector{path});
  if (!files) return Fail(files.error());
  const Result<const KubeconfigEntry*> chosen = FindContext(*files, context);
  if (!chosen) return Fail(chosen.error());
  const Result<const KubeconfigEntry*> cluster = Find(**chosen, "cluster", files->clusters, *files);
  if (!cluster) return Fail(cluster.error());
  if (*cluster == nullptr) return Refuse(**chosen, "cluster", "it is missing");
  const Result<const KubeconfigEntry*> user = Find(**chosen, "user", files->users, *files);
  if (!user) return Fail(user.error());
  KubeConfig config;
  if (auto applied = ApplyCluster(**cluster, config); !applied)
    return Fail(std::move(applied).error());
  if (*user != nullptr) {
    if (auto applied = ApplyUser(**user, config); !applied) return Fail(std::move(applied).error());
    if ((*user)->fields.contains("exec")) {
      auto plugin = ReadExecPlugin(**user, **cluster, config);
      if (!plugin) return Fail(std::move(plugin).error());
      config.exec = *std::move(plugin);
    }
  }
  if (const std::string name = Field(**chosen, "namespace"); !name.empty())
    config.default_namespace = name;
  return config;
}

}  // namespace schemaop
