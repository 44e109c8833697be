// Credential plugins of a kubeconfig (client.authentication.k8s.io): a program that prints the
// credential to use, as aws, gke-gcloud-auth-plugin and kubelogin do.
#pragma once

#include <chrono>
#include <optional>
#include <stop_token>
#include <string>
#include <utility>
#include <vector>

#include "base/error.h"
#include "base/time.h"

namespace schemaop {

// users[].user.exec of a kubeconfig.
struct ExecPlugin {
  // Whether it may ask at the terminal: kIfAvailable when standard input is one.
  enum class Interactive { kNever, kIfAvailable, kAlways };

  std::string api_version;           // "client.authentication.k8s.io/v1" or ".../v1beta1"
  std::vector<std::string> command;  // the program, then its arguments
  std::vector<std::pair<std::string, std::string>> environment;
  Interactive interactive = Interactive::kIfAvailable;
  std::string install_hint;  // what to do when there is no such program; empty: nothing is known
  std::string cluster;       // spec.cluster of KUBERNETES_EXEC_INFO as JSON; empty: not provided
};

// What a plugin gave. Secrets, but for the time.
struct ExecCredential {
  std::string token;               // empty: none
  std::string client_certificate;  // PEM; empty: none, then the key is as well
  std::string client_key;          // PEM
  std::optional<Time> expires;     // empty: when the server says so

  bool operator==(const ExecCredential&) const = default;
};

// The value of KUBERNETES_EXEC_INFO.
std::string ExecInfo(const ExecPlugin& plugin, bool interactive);

// Reads what a plugin printed. kDenied says what is wrong with it and quotes nothing of it.
Result<ExecCredential> ParseExecCredential(const std::string& output,
                                           const std::string& api_version);

// Runs the plugin. Its standard error is ours. kDenied when it is missing (with its hint), fails or
// prints no credential; kCancelled after `stop`, kUnavailable after `deadline`.
Result<ExecCredential> RunExecPlugin(const ExecPlugin& plugin, const std::stop_token& stop,
                                     std::chrono::steady_clock::time_point deadline);

}  // namespace schemaop
