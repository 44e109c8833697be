#include "kube/exec_plugin.h"

#include <unistd.h>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "base/child_process.h"
#include "base/text.h"

namespace schemaop {
namespace {

using nlohmann::json;

constexpr std::size_t kMostBytes = std::size_t{1} << 20U;

std::string TextMember(const json& object, const char* name) {
  const auto member = object.find(name);
  return member != object.end() && member->is_string() ? member->get<std::string>() : std::string();
}

tl::unexpected<Error> Useless(const std::string& problem) {
  return Fail(ErrorCode::kDenied, "what it printed is of no use: " + problem);
}

Result<ExecCredential> ReadStatus(const json& status) {
  ExecCredential credential;
  credential.token = Trim(TextMember(status, "token"));
  credential.client_certificate = TextMember(status, "clientCertificateData");
  credential.client_key = TextMember(status, "clientKeyData");
  if (credential.client_certificate.empty() != credential.client_key.empty()) {
    return Useless("clientCertificateData and clientKeyData belong together; one is missing");
  }
  if (credential.token.empty() && credential.client_certificate.empty()) {
    return Useless("status has neither a token nor a client certificate");
  }
  for (const char c : credential.token) {
    if (c <= ' ' || c >= '\x7f') return Useless("the token holds spaces or control characters");
  }
  if (const std::string expires = TextMember(status, "expirationTimestamp"); !expires.empty()) {
    const auto time = ParseRfc3339(expires);
    if (!time) return Useless("status.expirationTimestamp is no time");
    credential.expires = *time;
  }
  return credential;
}

std::string NotInstalled(const ExecPlugin& plugin, const Error& error) {
  std::string text = error.message;
  if (!plugin.install_hint.empty()) text += "; " + std::string(Trim(plugin.install_hint));
  return text;
}

}  // namespace

std::string ExecInfo(const ExecPlugin& plugin, bool interactive) {
  json info{{"kind", "ExecCredential"},
            {"apiVersion", plugin.api_version},
            {"spec", {{"interactive", interactive}}}};
  if (!plugin.cluster.empty()) info["spec"]["cluster"] = json::parse(plugin.cluster);
  return info.dump();
}

Result<ExecCredential> ParseExecCredential(const std::string& output,
                                           const std::string& api_version) {
  const json document = json::parse(output, nullptr, /*allow_exceptions=*/false);
  if (!document.is_object()) return Useless("it is no JSON object");
  if (TextMember(document, "kind") != "ExecCredential")
    return Useless("kind is not ExecCredential");
  if (TextMember(document, "apiVersion") != api_version) {
    return Useless("apiVersion is not " + api_version);
  }
  const auto status = document.find("status");
  if (status == document.end() || !status->is_object()) return Useless("it has no status");
  return ReadStatus(*status);
}

Result<ExecCredential> RunExecPlugin(const ExecPlugin& plugin, const std::stop_token& stop,
                                     std::chrono::steady_clock::time_point deadline) {
  const std::string& program = plugin.command.front();
  const std::string subject = "credential plugin " + program;
  const bool terminal = ::isatty(STDIN_FILENO) == 1;
  if (plugin.interactive == ExecPlugin::Interactive::kAlways && !terminal) {
    return Fail(ErrorCode::kDenied, subject + " asks at a terminal, and standard input is none");
  }
  const bool interactive = terminal && plugin.interactive != ExecPlugin::Interactive::kNever;
  ChildCommand command{.words = plugin.command, .environment = plugin.environment};
  command.environment.emplace_back("KUBERNETES_EXEC_INFO", ExecInfo(plugin, interactive));
  if (interactive) command.input = ChildCommand::Input::kOurs;
  command.complaints = ChildCommand::Complaints::kOurs;
  command.deadline = deadline;
  command.max_output_bytes = kMostBytes;
  const auto ran = RunChild(command, stop);
  if (!ran && ran.error().code == ErrorCode::kNotFound) {
    return Fail(ErrorCode::kDenied,
                fmt::format("{}: {}", subject, NotInstalled(plugin, ran.error())));
  }
  if (!ran) return Fail(WithContext(ran.error(), subject));
  if (ran->exit_code != 0) {
    return Fail(ErrorCode::kDenied,
                fmt::format("{} failed with exit code {}; it said why on standard error", subject,
                            ran->exit_code));
  }
  auto credential = ParseExecCredential(ran->output, plugin.api_version);
  if (!credential) return Fail(WithContext(std::move(credential).error(), subject));
  return credential;
}

}  // namespace schemaop
