#include "world.h"

#include <algorithm>
#include <cstdlib>
#include <signal.h>
#include <stdexcept>

#include "test_paths.h"
#include "tests/support/apiserver/cluster.h"
#include "tests/support/apiserver/real_apiserver.h"

namespace schemaop::testing {
namespace {

using nlohmann::json;

constexpr const char* kServiceAccount = "schema-operator";
constexpr const char* kPod = "schema-operator-test";

std::unique_ptr<World>& Instance() {
  static std::unique_ptr<World> world;
  return world;
}

constexpr const char* kLeaseDuration = "--leader-elect-lease-duration";
constexpr int kStarts = 3;  // somebody else may take the port in between

std::string Binary(const std::string& name) { return std::string(SCHEMAOP_BIN_DIR) + "/" + name; }

}  // namespace

bool WaitForOperator(const std::function<bool()>& done) {
  return WaitUntil(done, kOperatorPatience);
}

void World::Start(const std::string& cluster) { Instance().reset(new World(cluster)); }
World& World::Get() { return *Instance(); }
void World::End() { Instance().reset(); }

World::World(const std::string& cluster) : cluster_name_(cluster) {
  postgres_ = std::make_unique<TestPostgres>();
  postgres_->Query("postgres", std::string("CREATE ROLE app LOGIN PASSWORD '") + kCanary + "'");
  if (cluster == "devcluster") {
    StartDevcluster();
  } else {
    StartKubeApiserver();
  }
  if (!WaitForOperator([&] { return Kubectl({"get", "schemaversions", "-A"}).exit_code == 0; })) {
    throw std::runtime_error("the SchemaVersion kind is not served");
  }
  witness_ = std::make_unique<StatusWitness>(KubectlOptions(WatchArguments()));
  StartOperator();
}

World::~World() {
  if (operator_) EndOperator(SIGTERM);
}

void World::StartDevcluster() {
  kubeconfig_ = folder_.path() / "kubeconfig";
  auto server = std::make_shared<ChildProcess>(
      ProcessOptions{.arguments = {Binary("devcluster"), "--listen", "127.0.0.1:0",
                                   "--kubeconfig-out", kubeconfig_.string()}});
  if (!WaitForOperator([&] { return server->Out().find("listening on") != std::string::npos; })) {
    throw std::runtime_error("devcluster did not start: " + server->Out() + server->Err());
  }
  cluster_ = server;
  operator_kubeconfig_ = kubeconfig_;
  if (!FindKubectl().empty()) kubectl_ = FindKubectl().string();
  MustKubectl({"apply", "-f",
               std::string(SCHEMAOP_SOURCE_DIR) + "/crds/schemaversion.io_schemaversions.yaml"});
  Apply(
      {{"apiVersion", "v1"}, {"kind", "Namespace"}, {"metadata", {{"name", kOperatorNamespace}}}});
}

// The operator runs as its Deployment would: with a token bound to its pod, under the
// ServiceAccount and the roles that manifests/ creates.
void World::StartKubeApiserver() {
  const auto assets = KubebuilderAssets();
  if (!assets) throw std::runtime_error("KUBEBUILDER_ASSETS names no folder with kube-apiserver");
  auto server = std::make_shared<RealApiServer>(*assets);
  real_ = server;
  kubeconfig_ = server->cluster().kubeconfig;
  kubectl_ = server->cluster().kubectl.string();
  // Servers of this age know no x-kubernetes-validations, which kubectl would refuse for them.
  MustKubectl({"apply", "--validate=false", "-k", std::string(SCHEMAOP_SOURCE_DIR) + "/manifests"});
  Apply({{"apiVersion", "v1"},
         {"kind", "Pod"},
         {"metadata", {{"name", kPod}, {"namespace", kOperatorNamespace}}},
         {"spec",
          {{"serviceAccountName", kServiceAccount},
           {"containers", {{{"name", "operator"}, {"image", "schema-operator"}}}}}}});
  operator_kubeconfig_ = folder_.path() / "operator-kubeconfig";
  WriteFile(operator_kubeconfig_, server->KubeconfigWithToken(server->ServiceAccountToken(
                                      kOperatorNamespace, kServiceAccount, kPod)));
  audit_log_ = server->audit_log();
  cluster_ = server;
}

RunResult World::Kubectl(const std::vector<std::string>& arguments, const std::string& input) {
  ProcessOptions options = KubectlOptions(arguments);
  options.input = input;
  return Run(options, std::chrono::minutes(4));
}

ProcessOptions World::KubectlOptions(const std::vector<std::string>& arguments) {
  std::vector<std::string> command = {kubectl_};
  command.insert(command.end(), arguments.begin(), arguments.end());
  return {.arguments = command,
          .environment = {{"KUBECONFIG", kubeconfig_.string()}, {"HOME", folder_.path().string()}}};
}

std::string World::MustKubectl(const std::vector<std::string>& arguments,
                               const std::string& input) {
  const RunResult result = Kubectl(arguments, input);
  if (result.exit_code != 0) {
    throw std::runtime_error("kubectl " + arguments.at(0) + " failed: " + result.out + result.err);
  }
  return result.out;
}

void World::Apply(const json& object) { MustKubectl({"apply", "-f", "-"}, object.dump()); }

std::string World::CreateNamespace() {
  const std::string name = "test-" + std::to_string(++names_);
  Apply({{"apiVersion", "v1"}, {"kind", "Namespace"}, {"metadata", {{"name", name}}}});
  return name;
}

std::string World::CreateDatabase() {
  const std::string name = postgres_->CreateDatabase();
  postgres_->Query("postgres", "ALTER DATABASE " + name + " OWNER TO app");
  postgres_->Query(name, "GRANT CREATE ON SCHEMA public TO app");
  return name;
}

std::string World::OperatorUrl(const std::string& database) const {
  return postgres_->Url(database, "app", kCanary) + "?sslmode=disable";
}

void World::ApplySecret(const std::string& namespace_name, const std::string& name,
                        const std::string& url) {
  Apply({{"apiVersion", "v1"},
         {"kind", "Secret"},
         {"metadata", {{"name", name}, {"namespace", namespace_name}}},
         {"stringData", {{"uri", url}}}});
}

json World::GetObject(const std::string& namespace_name, const std::string& name) {
  return json::parse(
      MustKubectl({"get", "schemaversion", name, "-n", namespace_name, "-o", "json"}));
}

json World::WaitFor(const std::string& namespace_name, const std::string& name,
                    const std::string& what, const std::function<bool(const json&)>& done) {
  json object;
  RunResult got;
  const bool reached = WaitForOperator([&] {
    got = Kubectl({"get", "schemaversion", name, "-n", namespace_name, "-o", "json"});
    if (got.exit_code != 0) return false;
    object = json::parse(got.out);
    return done(object);
  });
  if (reached) return object;
  const std::string trouble = got.exit_code == 0 ? "" : "kubectl failed: " + got.err + "\n";
  throw std::runtime_error("not reached: " + what + "\n" + trouble + object.dump(2) + "\n" +
                           OperatorLog());
}

json World::WaitForReason(const std::string& namespace_name, const std::string& name,
                          const std::string& reason) {
  return WaitFor(namespace_name, name, "reason " + reason, [&](const json& object) {
    const json ready = ReadyOf(object);
    return ready.is_object() && ready.value("reason", "") == reason &&
           ready.value("observedGeneration", std::int64_t{-1}) ==
               object.at("metadata").at("generation").get<std::int64_t>();
  });
}

void World::StartOperator(const std::map<std::string, std::string>& environment,
                          const std::vector<std::string>& arguments) {
  for (int left = kStarts; !operator_; --left) {
    health_port_ = FreePort();
    try {
      operator_ = StartReplica(kPod, health_port_, environment, arguments);
    } catch (const std::runtime_error&) {
      if (left == 1) throw;
    }
  }
}

void World::StartOperatorUnder(const std::filesystem::path& kubeconfig) {
  health_port_ = FreePort();
  operator_ = StartProcess(kubeconfig, {}, {{"POD_NAME", kPod}}, health_port_);
}

int World::api_port() {
  const std::string url =
      MustKubectl({"config", "view", "-o", "jsonpath={.clusters[0].cluster.server}"});
  return std::stoi(url.substr(url.rfind(':') + 1));
}

std::string World::OperatorToken() const {
  return real_->ServiceAccountToken(kOperatorNamespace, kServiceAccount);
}

void World::RecreateOperatorAccount() {
  MustKubectl({"delete", "serviceaccount", kServiceAccount, "-n", kOperatorNamespace});
  MustKubectl({"create", "serviceaccount", kServiceAccount, "-n", kOperatorNamespace});
  WriteFile(operator_kubeconfig_, real_->KubeconfigWithToken(OperatorToken()));
}

std::unique_ptr<ChildProcess> World::StartReplica(
    const std::string& pod_name, int health_port,
    const std::map<std::string, std::string>& environment,
    const std::vector<std::string>& arguments) {
  std::map<std::string, std::string> variables = {{"POD_NAME", pod_name}};
  variables.insert(environment.begin(), environment.end());
  return StartProcess(operator_kubeconfig_, arguments, variables, health_port);
}

std::unique_ptr<ChildProcess> World::StartProcess(
    const std::filesystem::path& kubeconfig, const std::vector<std::string>& more,
    const std::map<std::string, std::string>& environment, int health_port) {
  std::vector<std::string> arguments = {Binary("schema-operator"),
                                        "--kubeconfig",
                                        kubeconfig.string(),
                                        "--leader-elect-resource-namespace",
                                        kOperatorNamespace,
                                        "--health-address",
                                        "127.0.0.1:" + std::to_string(health_port),
                                        "--log-level",
                                        "debug"};
  arguments.insert(arguments.end(), more.begin(), more.end());
  if (std::find(more.begin(), more.end(), kLeaseDuration) == more.end()) {
    arguments.insert(arguments.end(),
                     {kLeaseDuration, "240s", "--leader-elect-renew-deadline", "180s"});
  }
  auto replica = std::make_unique<ChildProcess>(
      ProcessOptions{.arguments = arguments, .environment = environment});
  const bool ready = WaitForOperator([&] {
    return !replica->Running() || Health(health_port, "/readyz").find("ok") != std::string::npos;
  });
  if (!ready || !replica->Running()) {
    throw std::runtime_error("the operator did not become ready: " + replica->Err());
  }
  return replica;
}

void World::DeleteLease() {
  MustKubectl(
      {"delete", "lease", "schema-operator", "-n", kOperatorNamespace, "--ignore-not-found"});
}

void World::Adopt(std::unique_ptr<ChildProcess> replica, int health_port) {
  operator_ = std::move(replica);
  health_port_ = health_port;
}

int World::EndOperator(int signal) {
  operator_->Signal(signal);
  const auto exit_code = operator_->Wait(kOperatorPatience);
  past_logs_ += operator_->Err() + operator_->Out();
  operator_.reset();
  if (!exit_code) throw std::runtime_error("the operator did not end");
  return *exit_code;
}

StatusWitness::Verdict World::JudgeStatuses() {
  const std::string ns = CreateNamespace();
  json last = SchemaVersionObject(
      ns, "the-last-one", "head",
      {{"001.sql", RevisionText("001", "", "CREATE TABLE a ();", "DROP TABLE a;")}});
  last["spec"]["suspend"] = true;
  Apply(last);
  return witness_->Judge("the-last-one");
}

std::optional<RoleAudit> World::AuditRole() {
  if (audit_log_.empty()) return std::nullopt;
  const auto get = [&](const std::string& kind, const std::string& name) {
    return json::parse(MustKubectl({"get", kind, name, "-n", kOperatorNamespace, "-o", "json"}));
  };
  const std::string user =
      "system:serviceaccount:" + std::string(kOperatorNamespace) + ":" + kServiceAccount;
  return CompareWithRoles(
      {get("clusterrole", "schema-operator"), get("role", "schema-operator-leader-election")},
      CallsOf(user, ReadFile(audit_log_)));
}

std::string World::OperatorLog() const {
  return past_logs_ + (operator_ ? operator_->Err() + operator_->Out() : "");
}

std::string World::Health(int health_port, const std::string& path) const {
  return Run({.arguments = {"curl", "-s", "--noproxy", "*", "--max-time", "30",
                            "http://127.0.0.1:" + std::to_string(health_port) + path}})
      .out;
}

std::string World::Metrics(int health_port) const {
  std::string text;
  const bool complete = WaitForOperator([&] {
    text = Health(health_port, "/metrics");
    return text.find("leader_election_master_status{") != std::string::npos;
  });
  if (!complete) throw std::runtime_error("the operator gives no metrics: " + text);
  return text;
}

std::string RevisionText(const std::string& id, const std::string& down_revision,
                         const std::string& up, const std::string& down) {
  return "-- Revision " + id + ".\n--\n-- revision: " + id +
         "\n-- down_revision: " + (down_revision.empty() ? "none" : down_revision) +
         "\n\n-- migrate:up\n" + up + "\n\n-- migrate:down\n" + down + "\n";
}

json SchemaVersionObject(const std::string& namespace_name, const std::string& name,
                         const std::string& target,
                         const std::map<std::string, std::string>& files) {
  return {{"apiVersion", "schemaversion.io/v1alpha1"},
          {"kind", "SchemaVersion"},
          {"metadata", {{"name", name}, {"namespace", namespace_name}}},
          {"spec",
           {{"targetRevision", target},
            {"database", {{"secretRef", {{"name", "db"}}}}},
            {"migrations", {{"inline", files}}},
            {"policy", {{"downgrade", "Allow"}}}}}};
}

json ReadyOf(const json& object) {
  if (!object.contains("status") || !object["status"].contains("conditions")) return nullptr;
  for (const json& condition : object["status"]["conditions"]) {
    if (condition.value("type", "") == "Ready") return condition;
  }
  return nullptr;
}

}  // namespace schemaop::testing
