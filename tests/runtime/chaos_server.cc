#include "chaos_server.h"

#include <nlohmann/json.hpp>

namespace schemaop::testing {
namespace {

using nlohmann::json;

json ObjectJson(const ObjectKey& key, const std::string& value, std::uint64_t version) {
  return {{"kind", "Thing"},
          {"metadata",
           {{"namespace", key.namespace_name},
            {"name", key.name},
            {"resourceVersion", std::to_string(version)}}},
          {"value", value}};
}

std::string StatusBody(int code, const std::string& reason) {
  return json{{"kind", "Status"}, {"code", code}, {"reason", reason}, {"message", "injected"}}
      .dump();
}

void Refuse(httplib::Response& response, int code, const std::string& reason) {
  response.status = code;
  response.set_content(StatusBody(code, reason), "application/json");
}

}  // namespace

ChaosServer::ChaosServer() {
  server_.new_task_queue = [] { return new httplib::ThreadPool(12); };
  server_.set_tcp_nodelay(true);
  server_.set_keep_alive_max_count(1000000);
  server_.set_keep_alive_timeout(1);
  server_.Get(".*", [this](const auto& request, auto& response) { Handle(request, response); });
  port_ = server_.bind_to_any_port("127.0.0.1");
  thread_ = std::jthread([this] { server_.listen_after_bind(); });
  while (!server_.is_running()) std::this_thread::yield();
}

ChaosServer::~ChaosServer() {
  closing_ = true;
  EndWatches();
  server_.stop();
}

void ChaosServer::Record(const std::string& type, const ObjectKey& key, const std::string& value) {
  ++version_;
  const json event{{"type", type}, {"object", ObjectJson(key, value, version_)}};
  events_.push_back({version_, key.namespace_name, event.dump() + "\n"});
  changed_.notify_all();
}

void ChaosServer::Put(const ObjectKey& key, const std::string& value) {
  const std::lock_guard lock(mutex_);
  const bool added = objects_.insert_or_assign(key, value).second;
  Record(added ? "ADDED" : "MODIFIED", key, value);
  versions_[key] = version_;
}

void ChaosServer::Delete(const ObjectKey& key) {
  const std::lock_guard lock(mutex_);
  if (objects_.erase(key) == 0) return;
  Record("DELETED", key, "");
}

std::map<ObjectKey, std::string> ChaosServer::Objects() const {
  const std::lock_guard lock(mutex_);
  return objects_;
}

void ChaosServer::Compact() {
  const std::lock_guard lock(mutex_);
  ++version_;
  compacted_ = version_;
}

std::uint64_t ChaosServer::Version() const {
  const std::lock_guard lock(mutex_);
  return version_;
}

void ChaosServer::SendToWatches(const std::string& line) {
  const std::lock_guard lock(mutex_);
  raw_lines_.push_back(line + "\n");
  changed_.notify_all();
}

void ChaosServer::EndWatches() {
  const std::lock_guard lock(mutex_);
  ++watch_epoch_;
  changed_.notify_all();
}

void ChaosServer::AnswerNextList(Canned answer) {
  const std::lock_guard lock(mutex_);
  canned_lists_.push_back(std::move(answer));
}

void ChaosServer::AnswerNextWatch(Canned answer) {
  const std::lock_guard lock(mutex_);
  canned_watches_.push_back(std::move(answer));
}

std::vector<std::string> ChaosServer::Requests() const {
  const std::lock_guard lock(mutex_);
  return requests_;
}

bool ChaosServer::Strikes() { return static_cast<int>(random_() % 100) < fault_percent_; }

void ChaosServer::Handle(const httplib::Request& request, httplib::Response& response) {
  const std::lock_guard lock(mutex_);
  requests_.push_back(request.target);
  const bool watch = request.has_param("watch");
  auto& canned = watch ? canned_watches_ : canned_lists_;
  if (!canned.empty()) {
    const Canned answer = canned.front();
    canned.pop_front();
    response.status = answer.status;
    if (!answer.retry_after.empty()) response.set_header("Retry-After", answer.retry_after);
    return response.set_content(answer.body, "application/json");
  }
  if (Strikes()) {
    static constexpr int kStatuses[] = {410, 429, 500, 401, 503, 504};
    return Refuse(response, kStatuses[random_() % 6], "Injected");
  }
  const std::string prefix = "/apis/example.org/v1/";
  std::string namespace_name = request.path.substr(prefix.size());
  namespace_name = namespace_name.starts_with("namespaces/")
                       ? namespace_name.substr(11, namespace_name.find('/', 11) - 11)
                       : std::string();
  if (watch) {
    Watch(request, namespace_name, response);
  } else {
    List(request, namespace_name, response);
  }
}

void ChaosServer::List(const httplib::Request& request, const std::string& namespace_name,
                       httplib::Response& response) {
  std::uint64_t list_version = version_;
  std::string after;
  if (request.has_param("continue")) {
    if (request.has_param("resourceVersion")) return Refuse(response, 400, "BadRequest");
    // "VERSION/NAMESPACE/NAME"
    const std::string token = request.get_param_value("continue");
    list_version = std::stoull(token);
    after = token.substr(token.find('/') + 1);
    if (list_version < compacted_ || Strikes()) return Refuse(response, 410, "Expired");
  }
  const std::size_t limit = request.has_param("limit")
                                ? std::stoul(request.get_param_value("limit"))
                                : objects_.size() + 1;
  json items = json::array();
  std::string next;
  for (const auto& [key, value] : objects_) {
    if (!namespace_name.empty() && key.namespace_name != namespace_name) continue;
    if (ToString(key) <= after) continue;
    if (items.size() == limit) {
      next = std::to_string(list_version) + "/" +
             items.back()["metadata"]["namespace"].get<std::string>() + "/" +
             items.back()["metadata"]["name"].get<std::string>();
      break;
    }
    items.push_back(ObjectJson(key, value, versions_[key]));
  }
  // A continued list shows what is there now; a change made since it began is in the watch from its
  // version.
  json list{{"kind", "ThingList"},
            {"metadata", {{"resourceVersion", std::to_string(list_version)}}},
            {"items", items}};
  if (!next.empty()) list["metadata"]["continue"] = next;
  std::string body = list.dump();
  if (Strikes()) body.resize(body.size() / 2);
  response.set_content(body, "application/json");
}

void ChaosServer::Watch(const httplib::Request& request, const std::string& namespace_name,
                        httplib::Response& response) {
  const std::uint64_t from = std::stoull(request.get_param_value("resourceVersion"));
  if (from < compacted_) return Refuse(response, 410, "Expired");
  struct Position {
    std::uint64_t version;
    std::uint64_t raw_sent;
    std::uint64_t epoch;
  };
  const auto position = std::make_shared<Position>(Position{from, raw_lines_.size(), watch_epoch_});
  ++open_watches_;
  response.set_chunked_content_provider(
      "application/json",
      [this, position, namespace_name](std::size_t, httplib::DataSink& sink) {
        return Stream(position->version, position->raw_sent, position->epoch, namespace_name, sink);
      },
      [this](bool) { --open_watches_; });
}

bool ChaosServer::Stream(std::uint64_t& version, std::uint64_t& raw_sent, std::uint64_t epoch,
                         const std::string& namespace_name, httplib::DataSink& sink) {
  std::string text;
  bool cut = false;
  {
    std::unique_lock lock(mutex_);
    changed_.wait_for(lock, std::chrono::milliseconds(50), [&] {
      return closing_ || epoch != watch_epoch_ || raw_sent < raw_lines_.size() ||
             version < version_;
    });
    if (closing_ || epoch != watch_epoch_) {
      sink.done();
      return true;
    }
    for (; raw_sent < raw_lines_.size(); ++raw_sent) text += raw_lines_[raw_sent];
    for (const Event& event : events_) {
      if (event.version <= version || cut) continue;
      version = event.version;
      if (!namespace_name.empty() && event.namespace_name != namespace_name) continue;
      cut = Strikes();
      if (cut && random_() % 3 == 0) {
        // The stream's own way to say that it cannot go on.
        text +=
            json{{"type", "ERROR"},
                 {"object", json::parse(StatusBody(random_() % 2 == 0 ? 410 : 500, "Injected"))}}
                .dump() +
            "\n";
      } else {
        text += cut ? event.line.substr(0, event.line.size() / 2) : event.line;
      }
    }
    if (!cut) version = version_;
    if (text.empty()) {
      last_bookmark_ = version;
      text = json{{"type", "BOOKMARK"},
                  {"object", {{"metadata", {{"resourceVersion", std::to_string(version)}}}}}}
                 .dump() +
             "\n";
    }
  }
  return sink.write(text.data(), text.size()) && !cut && sink.is_writable();
}

}  // namespace schemaop::testing
