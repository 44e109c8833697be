// Everything an end-to-end test stands on: an API server, a PostgreSQL server, the operator as a
// process, kubectl.
#pragma once

#include <chrono>
#include <filesystem>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include <nlohmann/json.hpp>

#include "postgres/test_postgres.h"
#include "process/process.h"
#include "role_audit.h"
#include "status_witness.h"

namespace schemaop::testing {

// The password of the role that the operator logs in as. It must be found in no log, status, event
// or metric.
inline constexpr const char* kCanary = "canary-2f7d91c4e0";

// Where the operator's own objects are, its Lease among them.
inline constexpr const char* kOperatorNamespace = "schema-operator-system";

// How long tests wait for what the operator or the API server does, its next visit after an outage
// among it. Every wait ends as soon as the thing is there.
inline constexpr std::chrono::seconds kOperatorPatience{180};
// WaitUntil with it.
bool WaitForOperator(const std::function<bool()>& done);

class RealApiServer;

// One for the whole test program, on the cluster that --cluster names. Tests run one after another,
// each in a namespace and with databases of its own.
class World {
 public:
  // Starts the servers and the operator. REQUIRES: called once, before Get.
  static void Start(const std::string& cluster);
  static World& Get();
  static void End();
  ~World();

  TestPostgres& postgres() { return *postgres_; }
  const std::string& cluster_name() const { return cluster_name_; }
  const std::filesystem::path& kubeconfig() const { return kubeconfig_; }

  // kubectl with these arguments, in a home folder of its own.
  RunResult Kubectl(const std::vector<std::string>& arguments, const std::string& input = "");
  // The same; a failure throws with what kubectl printed. Returns standard output.
  std::string MustKubectl(const std::vector<std::string>& arguments, const std::string& input = "");
  ProcessOptions KubectlOptions(const std::vector<std::string>& arguments);

  void Apply(const nlohmann::json& object);

  // A new namespace, its name.
  std::string CreateNamespace();
  // A new database owned by the operator's role, its name.
  std::string CreateDatabase();
  // The URL by which the operator's role reaches it.
  std::string OperatorUrl(const std::string& database) const;
  // A Secret named `name` whose `uri` is `url`.
  void ApplySecret(const std::string& namespace_name, const std::string& name,
                   const std::string& url);

  nlohmann::json GetObject(const std::string& namespace_name, const std::string& name);
  // Waits until `done` holds of the SchemaVersion and returns it; throws with its last state, and
  // what kubectl said when it failed at last, otherwise.
  nlohmann::json WaitFor(const std::string& namespace_name, const std::string& name,
                         const std::string& what,
                         const std::function<bool(const nlohmann::json&)>& done);
  // Waits until Ready has this reason for the newest generation.
  nlohmann::json WaitForReason(const std::string& namespace_name, const std::string& name,
                               const std::string& reason);

  // The port on 127.0.0.1 where the API server listens; with TLS when it is a kube-apiserver.
  int api_port();
  // REQUIRES: a kube-apiserver, as the next. A new token of the operator's ServiceAccount.
  std::string OperatorToken() const;
  // The operator's ServiceAccount goes and comes again: no token of before is valid.
  void RecreateOperatorAccount();

  // With these variables and arguments beside those of every start. Its lease outlasts what a slow
  // machine or a test does to it, unless the arguments say otherwise.
  void StartOperator(const std::map<std::string, std::string>& environment = {},
                     const std::vector<std::string>& arguments = {});
  // With this kubeconfig instead of the world's own.
  void StartOperatorUnder(const std::filesystem::path& kubeconfig);
  // Another operator of the same cluster, as a second replica of the Deployment would be; returns
  // when it is ready.
  std::unique_ptr<ChildProcess> StartReplica(
      const std::string& pod_name, int health_port,
      const std::map<std::string, std::string>& environment = {},
      const std::vector<std::string>& arguments = {});
  // After a kill: takes the dead leader's lease away, which the next one would have to outwait.
  void DeleteLease();
  // Makes `replica` the operator of this world, whose own has ended.
  void Adopt(std::unique_ptr<ChildProcess> replica, int health_port);
  ChildProcess& operator_process() { return *operator_; }
  // Ends the operator with a signal and waits; its exit code.
  int EndOperator(int signal);
  // Judges every status that any SchemaVersion of this world ever had. Once, when tests are done.
  StatusWitness::Verdict JudgeStatuses();
  // What the operator asked beside what its roles grant; nullopt on a cluster that keeps no audit
  // log.
  std::optional<RoleAudit> AuditRole();

  // Every line that any operator of this world has logged.
  std::string OperatorLog() const;
  // The answer to GET `path` on the operator's health port.
  std::string Health(const std::string& path) const { return Health(health_port_, path); }
  std::string Health(int health_port, const std::string& path) const;
  // All metrics of the operator; throws when it does not give them.
  std::string Metrics() const { return Metrics(health_port_); }
  std::string Metrics(int health_port) const;

 private:
  explicit World(const std::string& cluster);
  void StartDevcluster();
  void StartKubeApiserver();
  std::unique_ptr<ChildProcess> StartProcess(const std::filesystem::path& kubeconfig,
                                             const std::vector<std::string>& arguments,
                                             const std::map<std::string, std::string>& environment,
                                             int health_port);

  std::string cluster_name_;
  TempFolder folder_;
  std::unique_ptr<TestPostgres> postgres_;
  std::shared_ptr<void> cluster_;              // whatever keeps the API server running
  std::shared_ptr<RealApiServer> real_;        // the same when it is a kube-apiserver
  std::filesystem::path kubeconfig_;           // an administrator's
  std::filesystem::path operator_kubeconfig_;  // what the operator runs under
  std::string kubectl_ = "kubectl";
  std::filesystem::path audit_log_;         // empty: none is kept
  std::unique_ptr<StatusWitness> witness_;  // from before the operator starts
  std::unique_ptr<ChildProcess> operator_;
  int health_port_ = 0;
  std::string past_logs_;
  int names_ = 0;
};

// Objects for tests.

// A revision file's text.
std::string RevisionText(const std::string& id, const std::string& down_revision,
                         const std::string& up, const std::string& down);

// A SchemaVersion with inline revisions that reads Secret "db"; downgrades are allowed.
nlohmann::json SchemaVersionObject(const std::string& namespace_name, const std::string& name,
                                   const std::string& target,
                                   const std::map<std::string, std::string>& files);

// The Ready condition; null when there is none.
nlohmann::json ReadyOf(const nlohmann::json& object);

}  // namespace schemaop::testing
