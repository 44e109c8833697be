#include "kube/credential_source.h"

#include <utility>

namespace schemaop {
namespace {

// A request that begins before a credential expires may arrive after.
constexpr std::chrono::seconds kExpiryLeeway{10};

std::optional<ExecPlugin> PluginOf(const KubeConfig& config) {
  if (!config.token.empty() || !config.token_file.empty()) return std::nullopt;
  return config.exec;
}

}  // namespace

CredentialSource::CredentialSource(const KubeConfig& config)
    : token_(config.token, config.token_file), plugin_(PluginOf(config)) {}

bool CredentialSource::IsUsable() const {
  return held_ && !refused_ &&
         (!held_->expires || std::chrono::system_clock::now() + kExpiryLeeway < *held_->expires);
}

Result<Credential> CredentialSource::Get(const std::stop_token& stop, Clock::time_point deadline) {
  if (!plugin_) {
    auto token = token_.Get(Clock::now());
    if (!token) return Fail(std::move(token).error());
    return Credential{.token = *std::move(token), .client_certificate = {}, .client_key = {}};
  }
  std::unique_lock lock(mutex_);
  while (!IsUsable()) {
    if (running_) {
      changed_.wait_until(lock, stop, deadline, [this] { return !running_; });
      if (stop.stop_requested()) return Fail(ErrorCode::kCancelled, "told to stop");
      if (running_) return Fail(ErrorCode::kUnavailable, "the credential plugin is still at work");
      continue;
    }
    running_ = true;
    lock.unlock();
    auto made = RunExecPlugin(*plugin_, stop, deadline);
    lock.lock();
    running_ = false;
    changed_.notify_all();
    if (!made) return Fail(std::move(made).error());
    held_ = *std::move(made);
    refused_ = false;
    ++generation_;
    // One that is expired already is for the server to refuse; asking again would be a hot loop.
    break;
  }
  return Credential{held_->token, held_->client_certificate, held_->client_key, generation_};
}

bool CredentialSource::Refused(const Credential& used) {
  if (!plugin_) return token_.Expire();
  const std::lock_guard lock(mutex_);
  // Others may have noticed before.
  if (used.generation == generation_) refused_ = true;
  return true;
}

}  // namespace schemaop
