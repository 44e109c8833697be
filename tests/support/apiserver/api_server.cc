#include "tests/support/apiserver/api_server.h"

#include <algorithm>
#include <atomic>
#include <csignal>
#include <fstream>
#include <stdexcept>
#include <thread>
#include <vector>

#include <fmt/format.h>

#include "tests/support/apiserver/api.h"
#include "tests/support/apiserver/http_server.h"
#include "tests/support/apiserver/request_options.h"
#include "tests/support/process/process.h"

namespace schemaop::testing {
namespace {

using devcluster::Json;

std::vector<std::string> YamlDocuments(const std::string& text) {
  std::vector<std::string> documents(1);
  std::size_t start = 0;
  while (start < text.size()) {
    const std::size_t end = std::min(text.find('\n', start), text.size() - 1);
    const std::string line = text.substr(start, end - start + 1);
    if (line.starts_with("---")) {
      documents.emplace_back();
    } else {
      documents.back() += line;
    }
    start = end + 1;
  }
  return documents;
}

}  // namespace

struct ApiServer::State {
  explicit State(ApiServerOptions given) : options(std::move(given)) {}

  ApiServerOptions options;
  TempFolder folder;
  devcluster::Api api;
  std::unique_ptr<devcluster::HttpServer> http;
  int port = 0;
  std::uint64_t saved = 0;
  std::jthread saver;

  void LoadCrds() {
    if (options.crds.empty()) return;
    std::vector<std::filesystem::path> files;
    for (const auto& entry : std::filesystem::directory_iterator(options.crds)) {
      const auto extension = entry.path().extension();
      if (extension == ".yaml" || extension == ".yml") files.push_back(entry.path());
    }
    std::sort(files.begin(), files.end());
    for (const auto& file : files) LoadFile(file);
  }

  void LoadFile(const std::filesystem::path& file) {
    for (const std::string& text : YamlDocuments(ReadFile(file))) {
      const auto object = devcluster::ParseYaml(text);
      if (!object)
        throw std::runtime_error(fmt::format("{}: {}", file.string(), object.error().message));
      if (!object->is_object() || object->value("kind", "") != "CustomResourceDefinition") continue;
      const auto loaded = api.Load(*object);
      if (!loaded && loaded.error().code != 409) {
        throw std::runtime_error(fmt::format("{}: {}", file.string(), loaded.error().message));
      }
    }
  }

  void LoadData() {
    if (options.data.empty() || !std::filesystem::exists(options.data)) return;
    try {
      api.store().Load(Json::parse(ReadFile(options.data)));
    } catch (const Json::exception& error) {
      throw std::runtime_error(
          fmt::format("{}: not written by devcluster: {}", options.data.string(), error.what()));
    }
    api.ServeStoredCrds();
  }

  void Save() {
    if (options.data.empty() || api.store().Version() == saved) return;
    saved = api.store().Version();
    const std::filesystem::path next = options.data.string() + ".new";
    {
      std::ofstream file(next);
      file << api.store().Dump().dump() << "\n";
    }
    std::filesystem::rename(next, options.data);
  }

  void SaveUntil(const std::stop_token& stop) {
    while (!stop.stop_requested()) {
      api.store().WaitForChange(saved, std::chrono::seconds(1));
      Save();
    }
  }
};

ApiServer::ApiServer(ApiServerOptions options)
    : state_(std::make_unique<State>(std::move(options))) {}

ApiServer::~ApiServer() { Stop(); }

void ApiServer::Start() {
  std::signal(SIGPIPE, SIG_IGN);
  State& state = *state_;
  state.api.SetToken(state.options.token);
  state.api.SetBookmarkInterval(state.options.bookmark_interval);
  state.LoadData();
  state.LoadCrds();
  state.http = std::make_unique<devcluster::HttpServer>(state.api);
  state.port = state.http->Start(state.options.host, state.options.port);
  if (state.port == 0) {
    throw std::runtime_error(fmt::format("cannot listen on {}:{}: the address is taken or not ours",
                                         state.options.host, state.options.port));
  }
  WriteFile(state.folder.path() / "kubeconfig", Kubeconfig());
  if (!state.options.data.empty()) {
    state.saver = std::jthread([&state](const std::stop_token& stop) { state.SaveUntil(stop); });
  }
}

void ApiServer::Stop() {
  State& state = *state_;
  if (!state.http) return;
  state.http->Stop();
  state.http.reset();
  if (state.saver.joinable()) {
    state.saver.request_stop();
    state.api.store().Wake();
    state.saver.join();
  }
  state.Save();
}

std::string ApiServer::url() const {
  return fmt::format("http://{}:{}", state_->options.host, state_->port);
}

std::string ApiServer::Kubeconfig() const {
  return KubeconfigText("devcluster", url(), state_->options.token);
}

Cluster ApiServer::cluster() const {
  return {"devcluster", url(), state_->options.token, state_->folder.path() / "kubeconfig",
          FindKubectl()};
}

void ApiServer::Compact() { state_->api.store().Compact(); }

void ApiServer::SetToken(const std::string& token) { state_->api.SetToken(token); }

void ApiServer::DropConnections() { state_->http->DropConnections(); }

void ApiServer::AddFault(const FaultRule& rule) { state_->api.faults().Add(rule); }

void ApiServer::ClearFaults() { state_->api.faults().Clear(); }

}  // namespace schemaop::testing
