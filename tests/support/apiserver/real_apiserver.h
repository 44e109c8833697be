// A real kube-apiserver with its etcd, for tests that want the truth.
#pragma once

#include <filesystem>
#include <memory>
#include <optional>
#include <string>

#include "tests/support/apiserver/cluster.h"

namespace schemaop::testing {

// The folder $KUBEBUILDER_ASSETS names, laid out as `setup-envtest use -p path` prints it; nullopt
// when the variable is unset. A folder without etcd and kube-apiserver is not accepted either.
std::optional<std::filesystem::path> KubebuilderAssets();

// etcd and kube-apiserver on free loopback ports in a folder of their own, RBAC on, with the token
// of an administrator (group system:masters). There are no controllers: nothing empties a namespace
// or collects garbage. Used by one thread.
class RealApiServer {
 public:
  // Starts both and waits until /readyz says ok. Throws std::runtime_error, with the end of their
  // logs, when they do not come up within a minute.
  explicit RealApiServer(const std::filesystem::path& assets);
  ~RealApiServer();  // ends both
  RealApiServer(const RealApiServer&) = delete;
  RealApiServer& operator=(const RealApiServer&) = delete;

  // The kubeconfig verifies the server's certificate.
  Cluster cluster() const;
  // What signs the server's certificate (PEM).
  std::filesystem::path ca_file() const;

  // A token of this ServiceAccount, by TokenRequest; bound to the pod `pod` of the same namespace,
  // as kubelet asks for them, unless that is empty. Throws when the account or pod does not exist.
  std::string ServiceAccountToken(const std::string& ns, const std::string& name,
                                  const std::string& pod = "") const;
  // A kubeconfig with this token instead of the administrator's.
  std::string KubeconfigWithToken(const std::string& token) const;

  // Where the server writes each call of everybody but the administrator, when it is answered: one
  // audit.k8s.io/v1 Event a line, without bodies.
  std::filesystem::path audit_log() const;

  // etcd forgets its history: continue tokens handed out so far are expired.
  void Compact();

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace schemaop::testing
