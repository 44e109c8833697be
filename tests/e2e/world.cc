#include "world.h"

#include <cstdlib>
#include <signal.h>
#include <stdexcept>

#include "tests/support/apiserver/cluster.h"
#include "tests/support/apiserver/real_apiserver.h"

namespace schemaop::testing {
namespace {

using nlohmann::json;

constexpr const char* kOperatorNamespace = "schema-operator-system";
constexpr const char* kServiceAccount = "schema-operator";

std::unique_ptr<World>& Instance() {
  static std::unique_ptr<World> world;
  return world;
}

std::string Binary(const std::string& name) {
  return std::string(SCHEMAOP_BINARY_DIR) + "/" + name;
}

}  // namespace

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
  if (!WaitUntil([&] { return Kubectl({"get", "schemaversions", "-A"}).exit_code == 0; })) {
    throw std::runtime_error("the SchemaVersion kind is not served");
  }
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
  if (!WaitUntil([&] { return server->Out().find("listening on") != std::string::npos; })) {
    throw std::runtime_error("devcluster did not start: " + server->Out() + server->Err());
  }
  cluster_ = server;
  operator_kubeconfig_ = kubeconfig_;
  if (!FindKubectl().empty()) kubectl_ = FindKubectl().string();
  MustKubectl({"apply", "-f",
               std::string(SCHEMAOP_SOURCE_DIR) + "/crds/schemaversion.io_schemaversions.yaml"});
}

// The operator runs as its Deployment would: under the ServiceAccount and the role that manifests/
// creates.
void World::StartKubeApiserver() {
  const auto assets = KubebuilderAssets();
  if (!assets) throw std::runtime_error("KUBEBUILDER_ASSETS names no folder with kube-apiserver");
  auto server = std::make_shared<RealApiServer>(*assets);
  kubeconfig_ = server->cluster().kubeconfig;
  kubectl_ = server->cluster().kubectl.string();
  // Servers of this age know no x-kubernetes-validations, which kubectl would refuse for them.
  MustKubectl({"apply", "--validate=false", "-k", std::string(SCHEMAOP_SOURCE_DIR) + "/manifests"});
  operator_kubeconfig_ = folder_.path() / "operator-kubeconfig";
  WriteFile(operator_kubeconfig_, server->KubeconfigWithToken(server->ServiceAccountToken(
                                      kOperatorNamespace, kServiceAccount)));
  cluster_ = server;
}

RunResult World::Kubectl(const std::vector<std::string>& arguments, const std::string& input) {
  ProcessOptions options = KubectlOptions(arguments);
  options.input = input;
  return Run(options, std::chrono::minutes(2));
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
  const bool reached = WaitUntil(
      [&] {
        object = GetObject(namespace_name, name);
        return done(object);
      },
      std::chrono::seconds(90));
  if (reached) return object;
  throw std::runtime_error("not reached: " + what + "\n" + object.dump(2) + "\n" + OperatorLog());
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

void World::StartOperator() {
  health_port_ = FreePort();
  operator_ = std::make_unique<ChildProcess>(ProcessOptions{
      .arguments = {Binary("schema-operator"), "--kubeconfig", operator_kubeconfig_.string(),
                    "--health-address", "127.0.0.1:" + std::to_string(health_port_), "--log-level",
                    "debug"},
      .environment = {{"POD_NAME", "schema-operator-test"}}});
  const bool ready = WaitUntil(
      [&] { return !operator_->Running() || Health("/readyz").find("ok") != std::string::npos; });
  if (!ready || !operator_->Running()) {
    throw std::runtime_error("the operator did not become ready: " + operator_->Err());
  }
}

int World::EndOperator(int signal) {
  operator_->Signal(signal);
  const auto exit_code = operator_->Wait(std::chrono::seconds(30));
  past_logs_ += operator_->Err() + operator_->Out();
  operator_.reset();
  if (!exit_code) throw std::runtime_error("the operator did not end");
  return *exit_code;
}

std::string World::OperatorLog() const {
  return past_logs_ + (operator_ ? operator_->Err() + operator_->Out() : "");
}

std::string World::Health(const std::string& path) const {
  return Run({.arguments = {"curl", "-s", "--max-time", "5",
                            "http://127.0.0.1:" + std::to_string(health_port_) + path}})
      .out;
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
