// A Kubernetes API server inside this process, for tests and demos.
#pragma once

#include <chrono>
#include <filesystem>
#include <memory>
#include <optional>
#include <string>

#include "tests/support/apiserver/cluster.h"
#include "tests/support/apiserver/faults.h"

namespace schemaop::testing {

using devcluster::FaultRule;

struct ApiServerOptions {
  std::string host = "127.0.0.1";
  int port = 0;                // 0: a free one
  std::string token;           // "": everybody may do everything
  std::filesystem::path crds;  // a folder of YAML files loaded at the start; empty: none
  std::filesystem::path data;  // where objects are kept between starts; empty: in memory
  std::chrono::milliseconds bookmark_interval{60'000};
};

// All objects live in memory (and in options.data); there are no controllers but the few things a
// client cannot do without: CRDs become Established, owned objects go with their owner, namespaces
// are emptied when deleted. Everybody with the token may do everything. CEL rules are not
// evaluated. All members may be called from any thread; Start and Stop from one.
class ApiServer {
 public:
  explicit ApiServer(ApiServerOptions options = {});
  ~ApiServer();  // stops
  ApiServer(const ApiServer&) = delete;
  ApiServer& operator=(const ApiServer&) = delete;

  // Throws std::runtime_error when the address is taken or a CRD file is wrong.
  void Start();
  void Stop();

  // "http://127.0.0.1:PORT"
  std::string url() const;
  // With a kubeconfig in a folder of its own, removed with the server.
  Cluster cluster() const;
  std::string Kubeconfig() const;

  // Faults.
  // Every version handed out so far is too old: continue tokens and new watches get 410, and open
  // watches an ERROR event.
  void Compact();
  void SetToken(const std::string& token);  // rotation: the old one gets 401 from now on
  void DropConnections();                   // every open connection is reset
  void AddFault(const FaultRule& rule);
  void ClearFaults();

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace schemaop::testing
