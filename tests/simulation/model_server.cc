#include "model_server.h"

#include <algorithm>
#include <utility>

#include "controller/api_resources.h"

namespace schemaop::simulation {
namespace {

using nlohmann::json;
using std::chrono::milliseconds;
using std::chrono::seconds;

constexpr std::string_view kStatus = "/status";

std::string ParameterOf(const QueryParameters& parameters, std::string_view name) {
  for (const auto& [key, value] : parameters) {
    if (key == name) return value;
  }
  return "";
}

std::string EventLine(const std::string& type, const json& object) {
  return R"({"type":")" + type + R"(","object":)" + object.dump() + "}";
}

std::string ExpiredLine() {
  return R"({"type":"ERROR","object":{"kind":"Status","apiVersion":"v1","status":"Failure",)"
         R"("message":"too old resource version","reason":"Expired","code":410}})";
}

ApiError Expired() { return Refusal(410, ErrorCode::kInvalid, "Expired"); }

}  // namespace

ApiError Refusal(int http_status, ErrorCode code, std::string reason) {
  ApiError error;
  error.http_status = http_status;
  error.error = {code, "the server answered " + std::to_string(http_status) + " " + reason};
  error.reason = std::move(reason);
  return error;
}

ApiError NoAnswer(ErrorCode code) {
  ApiError error;
  error.error = {code, code == ErrorCode::kCancelled ? "cancelled" : "no answer came"};
  return error;
}

bool ModelServer::IsWatched(const std::string& path) const {
  return path.find("/schemaversions/") != std::string::npos;
}

ApiResult<json> ModelServer::Get(const std::string& path) const {
  const auto found = objects_.find(path);
  if (found == objects_.end()) {
    return tl::unexpected(Refusal(404, ErrorCode::kNotFound, "NotFound"));
  }
  return found->second;
}

ApiResult<json> ModelServer::Create(const std::string&, const json& object) {
  if (on_write) on_write("event " + object.value("reason", ""));
  ++writes_;
  ++events_;
  return object;
}

ApiResult<json> ModelServer::Patch(const std::string& path, const json& patch, int writer) {
  if (on_write) on_write("patch of " + path + " by replica " + std::to_string(writer));
  ++writes_;
  if (!path.ends_with(kStatus)) {
    return tl::unexpected(Refusal(403, ErrorCode::kDenied, "Forbidden"));
  }
  return PatchStatus(path.substr(0, path.size() - kStatus.size()), patch, writer);
}

ApiResult<json> ModelServer::PatchStatus(const std::string& path, const json& patch, int writer) {
  const auto found = objects_.find(path);
  if (found == objects_.end()) {
    return tl::unexpected(Refusal(404, ErrorCode::kNotFound, "NotFound"));
  }
  const json& object = found->second;
  if (const auto metadata = patch.find("metadata"); metadata != patch.end()) {
    for (const char* guard : {"uid", "resourceVersion"}) {
      if (metadata->contains(guard) && (*metadata)[guard] != object["metadata"][guard]) {
        return tl::unexpected(Refusal(409, ErrorCode::kConflict, "Conflict"));
      }
    }
  }
  json after = object;
  if (patch.contains("status")) after["status"].merge_patch(patch["status"]);
  if (after == object) return after;
  const json before = object;
  Store(path, std::move(after), "MODIFIED");
  if (on_status) on_status({before, objects_[path], writer});
  return objects_[path];
}

void ModelServer::Store(const std::string& path, json object, const std::string& type) {
  object["metadata"]["resourceVersion"] = std::to_string(++version_);
  json& held = objects_[path];
  held = std::move(object);
  if (!IsWatched(path)) return;
  changes_.push_back({version_, path, type, std::make_shared<const json>(held)});
  Send(changes_.back());
}

void ModelServer::Put(const std::string& path, json object) {
  json& metadata = object["metadata"];
  metadata["uid"] = "uid-" + std::to_string(++uids_);
  metadata["generation"] = 1;
  if (IsWatched(path)) object["status"] = {{"observedGeneration", -1}};
  Store(path, std::move(object), "ADDED");
  if (IsWatched(path) && on_spec) on_spec(path, &objects_[path]);
}

void ModelServer::Edit(const std::string& path, const std::function<void(json&)>& edit) {
  const auto found = objects_.find(path);
  if (found == objects_.end()) return;
  json object = found->second;
  edit(object);
  if (object == found->second) return;
  if (object.contains("spec") && object["spec"] != found->second["spec"]) {
    object["metadata"]["generation"] = object["metadata"]["generation"].get<std::int64_t>() + 1;
  }
  Store(path, std::move(object), "MODIFIED");
  if (IsWatched(path) && on_spec) on_spec(path, &objects_[path]);
}

void ModelServer::Delete(const std::string& path) {
  const auto found = objects_.find(path);
  if (found == objects_.end()) return;
  json last = std::move(found->second);
  objects_.erase(found);
  ++version_;
  if (!IsWatched(path)) return;
  last["metadata"]["resourceVersion"] = std::to_string(version_);
  changes_.push_back({version_, path, "DELETED", std::make_shared<const json>(std::move(last))});
  Send(changes_.back());
  if (on_spec) on_spec(path, nullptr);
}

void ModelServer::Send(const Change& change) {
  const std::string line = EventLine(change.type, *change.object);
  for (const auto& stream : streams_) {
    if (!stream->ended) SendTo(stream, line);
  }
  std::erase_if(streams_, [](const auto& stream) { return stream->ended; });
}

void ModelServer::SendTo(const std::shared_ptr<WatchStream>& stream, const std::string& line) {
  Random& random = scheduler_.random();
  if (random.Chance(faults_.half_open)) stream->silent = true;
  if (random.Chance(faults_.event_dropped)) {
    lossy_ = true;
    return;
  }
  Moment when = scheduler_.now() + random.Between(milliseconds(1), milliseconds(30));
  if (random.Chance(faults_.events_swapped)) {
    lossy_ = true;
    when += random.Between(milliseconds(0), seconds(5));
  } else {
    when = std::max(when, stream->last_arrival + Moment(1));
    stream->last_arrival = when;
  }
  Arrive(stream, when, line);
  if (random.Chance(faults_.event_repeated)) {
    lossy_ = true;
    Arrive(stream, when + random.Between(milliseconds(1), seconds(20)), line);
  }
  if (random.Chance(faults_.watch_cut)) {
    scheduler_.At(when, [this, stream, cleanly = random.Chance(0.5)] {
      EndStream(*stream, cleanly ? ApiResult<void>() : tl::unexpected(NoAnswer()));
    });
  }
}

void ModelServer::Arrive(const std::shared_ptr<WatchStream>& stream, Moment when,
                         const std::string& line) {
  scheduler_.At(when, [this, stream, line] {
    if (stream->ended || stream->silent) return;
    stream->lines.push_back(line);
    stream->changed.Notify(scheduler_);
  });
}

void ModelServer::EndStream(WatchStream& stream, ApiResult<void> end) {
  if (stream.ended) return;
  stream.ended = true;
  stream.end = std::move(end);
  stream.changed.Notify(scheduler_);
}

void ModelServer::CutWatches() {
  for (const auto& stream : streams_) EndStream(*stream, tl::unexpected(NoAnswer()));
  streams_.clear();
}

void ModelServer::Compact() { compacted_ = ++version_; }

void ModelServer::SendBookmarks() {
  const std::string line = R"({"type":"BOOKMARK","object":{"kind":"SchemaVersion","metadata":{)"
                           R"("resourceVersion":")" +
                           std::to_string(version_) + R"("}}})";
  for (const auto& stream : streams_) {
    if (stream->ended) continue;
    // Behind what it vouches for.
    stream->last_arrival = std::max(scheduler_.now(), stream->last_arrival) + Moment(1);
    Arrive(stream, stream->last_arrival, line);
  }
}

ApiResult<std::shared_ptr<WatchStream>> ModelServer::Watch(const QueryParameters& parameters) {
  const std::int64_t from = std::stoll(ParameterOf(parameters, "resourceVersion"));
  const bool expired = from < compacted_ || scheduler_.random().Chance(faults_.expired);
  const bool within = scheduler_.random().Chance(0.5);
  if (expired && !within) return tl::unexpected(Expired());
  auto stream = std::make_shared<WatchStream>();
  if (expired) {
    Arrive(stream, scheduler_.now(), ExpiredLine());
    return stream;
  }
  streams_.push_back(stream);
  for (const Change& change : changes_) {
    if (change.version > from) SendTo(stream, EventLine(change.type, *change.object));
  }
  return stream;
}

std::string ModelServer::PageText(std::int64_t version, int from, int limit) const {
  std::map<std::string, const Change*> newest;
  for (const Change& change : changes_) {
    if (change.version <= version) newest[change.path] = &change;
  }
  json items = json::array();
  int index = 0;
  std::string token;
  for (const auto& [path, change] : newest) {
    if (change->type == "DELETED") continue;
    if (index++ < from) continue;
    if (limit > 0 && static_cast<int>(items.size()) == limit) {
      token = std::to_string(version) + "/" + std::to_string(index - 1);
      break;
    }
    items.push_back(*change->object);
  }
  json list = {{"kind", "SchemaVersionList"},
               {"metadata", {{"resourceVersion", std::to_string(version)}}},
               {"items", std::move(items)}};
  if (!token.empty()) list["metadata"]["continue"] = token;
  return list.dump();
}

ApiResult<std::string> ModelServer::ContinuedList(const std::string& token, int limit) {
  const auto slash = token.find('/');
  const std::int64_t version = std::stoll(token.substr(0, slash));
  if (version < compacted_ || scheduler_.random().Chance(faults_.expired)) {
    return tl::unexpected(Expired());
  }
  return PageText(version, std::stoi(token.substr(slash + 1)), limit);
}

ApiResult<std::string> ModelServer::List(const QueryParameters& parameters) {
  const std::string limit_text = ParameterOf(parameters, "limit");
  const int limit = limit_text.empty() ? 0 : std::stoi(limit_text);
  if (const std::string token = ParameterOf(parameters, "continue"); !token.empty()) {
    return ContinuedList(token, limit);
  }
  Random& random = scheduler_.random();
  const std::string asked = ParameterOf(parameters, "resourceVersion");
  if (!asked.empty() && asked != "0" && random.Chance(faults_.version_too_large)) {
    ApiError error = Refusal(504, ErrorCode::kUnavailable, "Timeout");
    error.causes = {"ResourceVersionTooLarge"};
    return tl::unexpected(std::move(error));
  }
  std::int64_t version = version_;
  if (asked == "0" && random.Chance(faults_.stale_list)) {
    version = std::max(compacted_, version - random.Below(12));
  }
  return PageText(version, 0, limit);
}

ApiResult<schemaop::Lease> ModelServer::OnLease(const LeaseBid::Call& call) {
  const auto store = [&](const LeaseRecord& record) {
    schemaop::Lease lease;
    lease.metadata.name = "schema-operator";
    lease.metadata.resource_version = std::to_string(++version_);
    lease.record = record;
    lease_ = std::move(lease);
    return *lease_;
  };
  if (const auto* create = std::get_if<LeaseBid::Create>(&call)) {
    if (lease_) return tl::unexpected(Refusal(409, ErrorCode::kConflict, "AlreadyExists"));
    return store(create->record);
  }
  if (!lease_) return tl::unexpected(Refusal(404, ErrorCode::kNotFound, "NotFound"));
  const auto* write = std::get_if<LeaseBid::Write>(&call);
  if (write == nullptr) return *lease_;
  if (write->version != lease_->metadata.resource_version) {
    return tl::unexpected(Refusal(409, ErrorCode::kConflict, "Conflict"));
  }
  return store(write->record);
}

void ModelServer::EditLease(const std::function<void(std::optional<schemaop::Lease>&)>& edit) {
  edit(lease_);
  if (lease_) lease_->metadata.resource_version = std::to_string(++version_);
}

}  // namespace schemaop::simulation
