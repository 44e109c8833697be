// Who the next request comes from: a token of the kubeconfig, of a file or of a credential plugin,
// or a client certificate of such a plugin.
#pragma once

#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <mutex>
#include <optional>
#include <stop_token>
#include <string>

#include "base/error.h"
#include "kube/config.h"
#include "kube/exec_plugin.h"
#include "kube/token_source.h"

namespace schemaop {

// Secrets.
struct Credential {
  std::string token;               // empty: none
  std::string client_certificate;  // PEM, of a plugin; empty: that of the kubeconfig, if any
  std::string client_key;          // PEM
  std::uint64_t generation = 0;    // which run of the plugin it comes from

  bool operator==(const Credential&) const = default;
};

// Thread-safe. A plugin runs once for all who ask at the same time, and again when its credential
// is about to expire or was refused.
class CredentialSource {
 public:
  using Clock = std::chrono::steady_clock;

  // A token or token file of the kubeconfig wins over its plugin, as in client-go.
  explicit CredentialSource(const KubeConfig& config);

  // What to send now. While a token file cannot be read the last token stays in use; a plugin that
  // fails is an error. Ends soon after `stop` and by `deadline`.
  Result<Credential> Get(const std::stop_token& stop, Clock::time_point deadline);

  // The server refused `used` (401): the next Get looks for a newer one. False when there is
  // nowhere to look.
  bool Refused(const Credential& used);

 private:
  bool IsUsable() const;  // REQUIRES: mutex_ held

  TokenSource token_;
  const std::optional<ExecPlugin> plugin_;

  std::mutex mutex_;
  std::condition_variable_any changed_;
  bool running_ = false;  // a thread waits for the plugin
  bool refused_ = false;  // the server did not take held_
  std::uint64_t generation_ = 0;
  std::optional<ExecCredential> held_;
};

}  // namespace schemaop
