#include "kube/kubeconfig_exec.h"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "kube/base64.h"

namespace schemaop {
namespace {

using nlohmann::json;

constexpr const char* kVersion1 = "client.authentication.k8s.io/v1";
constexpr const char* kVersion1Beta1 = "client.authentication.k8s.io/v1beta1";
constexpr const char* kExtension = "client.authentication.k8s.io/exec";

std::string ExecText(const json& object, const char* name) {
  const auto member = object.find(name);
  return member != object.end() && member->is_string() ? member->get<std::string>() : std::string();
}

const json& Member(const json& object, const char* name) {
  static const json kNothing;
  const auto member = object.find(name);
  return member == object.end() ? kNothing : *member;
}

tl::unexpected<Error> RefuseExec(const KubeconfigEntry& user, std::string_view field,
                                 std::string_view problem) {
  return Fail(ErrorCode::kInvalid, fmt::format("{}.exec{}: {}", user.where, field, problem));
}

Result<std::vector<std::string>> ReadCommand(const KubeconfigEntry& user, const json& exec) {
  std::string program = ExecText(exec, "command");
  if (program.empty()) return RefuseExec(user, ".command", "it is missing");
  const bool relative = program.front() != '/' && program.find('/') != std::string::npos;
  if (relative) {
    const std::filesystem::path folder = std::filesystem::absolute(user.file).parent_path();
    program = (folder / program).lexically_normal().string();
  }
  std::vector<std::string> command{program};
  const json& arguments = Member(exec, "args");
  if (!arguments.is_null() && !arguments.is_array())
    return RefuseExec(user, ".args", "it is no list");
  for (const json& argument : arguments) {
    // "-1" and "true" unquoted are words here.
    command.push_back(argument.is_string() ? argument.get<std::string>() : argument.dump());
  }
  return command;
}

Result<std::vector<std::pair<std::string, std::string>>> ReadEnvironment(
    const KubeconfigEntry& user, const json& exec) {
  std::vector<std::pair<std::string, std::string>> variables;
  const json& list = Member(exec, "env");
  if (!list.is_null() && !list.is_array()) return RefuseExec(user, ".env", "it is no list");
  for (const json& variable : list) {
    const std::string name = variable.is_object() ? ExecText(variable, "name") : "";
    if (name.empty()) return RefuseExec(user, ".env", "a variable has no name");
    const json& value = Member(variable, "value");
    variables.emplace_back(name, value.is_string() ? value.get<std::string>()
                                 : value.is_null() ? std::string()
                                                   : value.dump());
  }
  return variables;
}

// v1 wants it said; v1beta1 has a default.
Result<ExecPlugin::Interactive> ReadMode(const KubeconfigEntry& user, const json& exec,
                                         const std::string& api_version) {
  const std::string mode = ExecText(exec, "interactiveMode");
  if (mode == "Never") return ExecPlugin::Interactive::kNever;
  if (mode == "Always") return ExecPlugin::Interactive::kAlways;
  if (mode == "IfAvailable" || (mode.empty() && api_version == kVersion1Beta1)) {
    return ExecPlugin::Interactive::kIfAvailable;
  }
  return RefuseExec(user, ".interactiveMode", "it must be Never, IfAvailable or Always");
}

std::string ClusterInfo(const KubeconfigEntry& cluster, const KubeConfig& config) {
  json info{{"server", config.server}};
  if (!config.server_name.empty()) info["tls-server-name"] = config.server_name;
  if (config.insecure_skip_tls_verify) info["insecure-skip-tls-verify"] = true;
  if (!config.ca_certificates.empty()) {
    info["certificate-authority-data"] = EncodeBase64(config.ca_certificates);
  }
  if (!config.proxy_url.empty()) info["proxy-url"] = config.proxy_url;
  const json& extensions = Member(*cluster.whole, "extensions");
  if (!extensions.is_array()) return info.dump();
  for (const json& extension : extensions) {
    if (extension.is_object() && ExecText(extension, "name") == kExtension) {
      info["config"] = Member(extension, "extension");
    }
  }
  return info.dump();
}

}  // namespace

Result<ExecPlugin> ReadExecPlugin(const KubeconfigEntry& user, const KubeconfigEntry& cluster,
                                  const KubeConfig& config) {
  const json& exec = Member(*user.whole, "exec");
  if (!exec.is_object()) return RefuseExec(user, "", "it is not a map");
  ExecPlugin plugin;
  plugin.api_version = ExecText(exec, "apiVersion");
  if (plugin.api_version != kVersion1 && plugin.api_version != kVersion1Beta1) {
    return RefuseExec(user, ".apiVersion",
                      fmt::format("it must be {} or {}", kVersion1, kVersion1Beta1));
  }
  auto command = ReadCommand(user, exec);
  if (!command) return Fail(std::move(command).error());
  plugin.command = *std::move(command);
  auto environment = ReadEnvironment(user, exec);
  if (!environment) return Fail(std::move(environment).error());
  plugin.environment = *std::move(environment);
  const auto mode = ReadMode(user, exec, plugin.api_version);
  if (!mode) return Fail(mode.error());
  plugin.interactive = *mode;
  plugin.install_hint = ExecText(exec, "installHint");
  if (Member(exec, "provideClusterInfo") == true) plugin.cluster = ClusterInfo(cluster, config);
  return plugin;
}

}  // namespace schemaop
