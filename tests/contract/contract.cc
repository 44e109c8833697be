#include "tests/contract/contract.h"

#include <atomic>
#include <httplib.h>

#include <fmt/format.h>

namespace schemaop::testing {
namespace {

std::unique_ptr<ContractCluster> g_under;

std::unique_ptr<httplib::Client> Connect() {
  auto client = std::make_unique<httplib::Client>(Under().cluster().url);
  client->enable_server_certificate_verification(false);
  client->set_read_timeout(60);
  client->set_tcp_nodelay(true);
  return client;
}

httplib::Headers Authorized() {
  const std::string token = Under().cluster().token;
  if (token.empty()) return {};
  return {{"Authorization", "Bearer " + token}};
}

std::string DefaultType(const std::string& method) {
  return method == "PATCH" ? "application/merge-patch+json" : "application/json";
}

// Objects that are not of this kind of name would collide between runs on one server.
std::string FreshNamespace() {
  static std::atomic<int> count{0};
  return fmt::format("contract-{}", ++count);
}

}  // namespace

ContractCluster& Under() { return *g_under; }

void SetUnder(std::unique_ptr<ContractCluster> cluster) { g_under = std::move(cluster); }

int ServerMinor() {
  const std::string minor = Call("GET", "/version").body.value("minor", "0");
  return minor.empty() ? 0 : std::stoi(minor);
}

Answer CallText(const std::string& method, const std::string& path, const std::string& body,
                const std::string& content_type) {
  httplib::Request request;
  request.method = method;
  request.path = path;
  request.headers = Authorized();
  request.body = body;
  if (!content_type.empty()) request.set_header("Content-Type", content_type);
  const auto result = Connect()->send(request);
  if (!result) return {0, httplib::to_string(result.error()), "", nullptr};
  Json parsed = Json::parse(result->body, nullptr, false);
  return {result->status, result->body, result->get_header_value("Content-Type"),
          parsed.is_discarded() ? Json() : std::move(parsed)};
}

Answer Call(const std::string& method, const std::string& path, const Json& body,
            const std::string& content_type, const std::map<std::string, std::string>& headers) {
  httplib::Request request;
  request.method = method;
  request.path = path;
  request.headers = Authorized();
  for (const auto& [name, value] : headers) {
    request.headers.erase(name);
    request.set_header(name.c_str(), value);
  }
  if (!body.is_null()) {
    request.body = body.dump();
    request.set_header("Content-Type", content_type.empty() ? DefaultType(method) : content_type);
  }
  const auto result = Connect()->send(request);
  if (!result) return {0, httplib::to_string(result.error()), "", nullptr};
  Json parsed = Json::parse(result->body, nullptr, false);
  return {result->status, result->body, result->get_header_value("Content-Type"),
          parsed.is_discarded() ? Json() : std::move(parsed)};
}

std::vector<Json> WatchEvents(const std::string& path,
                              const std::function<bool(const std::vector<Json>&)>& enough) {
  std::vector<Json> events;
  std::string pending;
  Connect()->Get(path, Authorized(), [&](const char* data, std::size_t size) {
    pending.append(data, size);
    for (std::size_t end = 0; (end = pending.find('\n')) != std::string::npos;) {
      events.push_back(Json::parse(pending.substr(0, end), nullptr, false));
      pending.erase(0, end + 1);
    }
    return !enough(events);
  });
  return events;
}

void ContractTest::SetUp() {
  ns_ = FreshNamespace();
  const Answer made =
      Call("POST", "/api/v1/namespaces",
           {{"apiVersion", "v1"}, {"kind", "Namespace"}, {"metadata", {{"name", ns_}}}});
  ASSERT_EQ(made.status, 201) << made.text;
}

std::string ContractTest::Path(const std::string& rest) const {
  return "/apis/schemaversion.io/v1alpha1/namespaces/" + ns_ + "/schemaversions" + rest;
}

std::string ContractTest::CorePath(const std::string& rest) const {
  return "/api/v1/namespaces/" + ns_ + "/" + rest;
}

Json ContractTest::Object(const std::string& name) const {
  return {{"apiVersion", "schemaversion.io/v1alpha1"},
          {"kind", "SchemaVersion"},
          {"metadata", {{"name", name}}},
          {"spec",
           {{"targetRevision", "head"},
            {"database", {{"secretRef", {{"name", "projects-db"}}}}},
            {"migrations", {{"path", "projects"}}}}}};
}

Json ContractTest::Created(const std::string& name) {
  const Answer made = Call("POST", Path(), Object(name));
  EXPECT_EQ(made.status, 201) << made.text;
  return made.body;
}

ProcessOptions ContractTest::KubectlOptions(std::vector<std::string> arguments) const {
  const Cluster cluster = Under().cluster();
  ProcessOptions options;
  options.arguments = {cluster.kubectl.string(), "--kubeconfig=" + cluster.kubeconfig.string(),
                       "--namespace=" + ns_};
  options.arguments.insert(options.arguments.end(), arguments.begin(), arguments.end());
  options.environment = {{"HOME", home_.path().string()},
                         {"KUBECACHEDIR", (home_.path() / "cache").string()}};
  options.unset = {"KUBECONFIG"};
  return options;
}

RunResult ContractTest::Kubectl(std::vector<std::string> arguments,
                                const std::string& input) const {
  ProcessOptions options = KubectlOptions(std::move(arguments));
  options.input = input;
  return schemaop::testing::Run(options);
}

}  // namespace schemaop::testing
