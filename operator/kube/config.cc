#include "kube/config.h"

#include <cstdlib>
#include <fstream>
#include <iterator>
#include <string_view>

#include <fmt/format.h>

#include "base/text.h"

namespace schemaop {
namespace {

std::string Environment(const char* name) {
  const char* const value = std::getenv(name);
  return value == nullptr ? std::string() : value;
}

std::string ReadFile(const std::filesystem::path& path) {
  std::ifstream in(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), std::istreambuf_iterator<char>()};
}

}  // namespace

Result<KubeConfig> InClusterConfig(const std::filesystem::path& folder) {
  const std::string host = Environment("KUBERNETES_SERVICE_HOST");
  const std::string port = Environment("KUBERNETES_SERVICE_PORT");
  if (host.empty() || port.empty()) {
    return Fail(ErrorCode::kNotFound,
                "this is not a pod: KUBERNETES_SERVICE_HOST and _PORT are not set");
  }
  KubeConfig config;
  const bool ipv6 = host.find(':') != std::string::npos;
  config.server = fmt::format("https://{}{}{}:{}", ipv6 ? "[" : "", host, ipv6 ? "]" : "", port);
  config.token_file = folder / "token";
  if (Trim(ReadFile(config.token_file)).empty()) {
    return Fail(ErrorCode::kInvalid, fmt::format("service account token {} cannot be read or is "
                                                 "empty; check automountServiceAccountToken",
                                                 config.token_file.string()));
  }
  config.ca_file = folder / "ca.crt";
  config.ca_certificates = ReadFile(config.ca_file);
  if (config.ca_certificates.empty()) {
    return Fail(ErrorCode::kInvalid,
                fmt::format("certificate authority {} cannot be read or is empty",
                            config.ca_file.string()));
  }
  if (const std::string name(Trim(ReadFile(folder / "namespace"))); !name.empty()) {
    config.default_namespace = name;
  }
  return config;
}

Result<KubeConfig> ResolveKubeConfig(const std::filesystem::path& explicit_path,
                                     const std::string& context) {
  // Naming a context means a kubeconfig, in a pod too.
  if (explicit_path.empty() && context.empty()) {
    Result<KubeConfig> in_cluster = InClusterConfig();
    if (in_cluster || in_cluster.error().code != ErrorCode::kNotFound) return in_cluster;
  }
  return LoadKubeconfig(explicit_path, context);
}

}  // namespace schemaop
