#include "tests/support/apiserver/cluster.h"

#include <cstdlib>
#include <sstream>

#include <fmt/format.h>

namespace schemaop::testing {

std::string KubeconfigText(const std::string& name, const std::string& url,
                           const std::string& token, const std::filesystem::path& ca_file) {
  std::string tls;
  if (url.starts_with("https")) {
    tls = ca_file.empty() ? "    insecure-skip-tls-verify: true\n"
                          : fmt::format("    certificate-authority: {}\n", ca_file.string());
  }
  const std::string user =
      token.empty() ? "  user: {}\n" : fmt::format("  user:\n    token: {}\n", token);
  return fmt::format(
      "apiVersion: v1\nkind: Config\nclusters:\n- name: {0}\n  cluster:\n    server: {1}\n{2}"
      "users:\n- name: {0}\n{3}contexts:\n- name: {0}\n  context:\n    cluster: {0}\n    user: "
      "{0}\n"
      "current-context: {0}\n",
      name, url, tls, user);
}

std::filesystem::path FindKubectl() {
  if (const char* assets = std::getenv("KUBEBUILDER_ASSETS")) {
    const std::filesystem::path program = std::filesystem::path(assets) / "kubectl";
    if (std::filesystem::exists(program)) return program;
  }
  const char* path = std::getenv("PATH");
  std::istringstream folders(path ? path : "");
  for (std::string folder; std::getline(folders, folder, ':');) {
    const std::filesystem::path program = std::filesystem::path(folder) / "kubectl";
    if (std::filesystem::exists(program)) return program;
  }
  return {};
}

}  // namespace schemaop::testing
