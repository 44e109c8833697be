#include "tests/support/apiserver/api.h"

#include <charconv>
#include <random>
#include <thread>

#include <fmt/format.h>

#include "tests/support/apiserver/builtin_rules.h"
#include "tests/support/apiserver/request_options.h"
#include "tests/support/apiserver/routes.h"
#include "tests/support/apiserver/watch.h"

namespace schemaop::devcluster {
namespace {

HttpReply JsonReply(int code, const Json& body) {
  HttpReply reply;
  reply.code = code;
  reply.body = body.dump(-1, ' ', false, Json::error_handler_t::replace) + "\n";
  return reply;
}

HttpReply ErrorReply(const StatusError& error) {
  HttpReply reply = JsonReply(error.code, error.ToJson());
  if (error.retry_after)
    reply.headers.emplace_back("Retry-After", std::to_string(*error.retry_after));
  return reply;
}

// The body of a fault, as much like the real server's as one text can be.
StatusError FaultError(const FaultRule& rule) {
  StatusError error;
  error.code = rule.code;
  error.retry_after = rule.retry_after;
  switch (rule.code) {
    case 401:
      return Unauthorized().value();
    case 403:
      error.reason = "Forbidden";
      error.message = "forbidden by a rule of this test server";
      break;
    case 409:
      error.reason = "Conflict";
      error.message = "the object has been modified";
      break;
    case 410:
      error.reason = "Expired";
      error.message = "too old resource version: 1 (2)";
      break;
    case 429:
      error.reason = "TooManyRequests";
      error.message = "too many requests, please try again later";
      break;
    case 503:
      error.reason = "ServiceUnavailable";
      error.message = "the server is currently unable to handle the request";
      break;
    default:
      error.reason = "InternalError";
      error.message = "an error on the server prevented the request from succeeding";
      break;
  }
  return error;
}

std::chrono::seconds WatchTimeout(const HttpRequest& request) {
  const std::string text = request.Query("timeoutSeconds");
  int seconds = 0;
  std::from_chars(text.data(), text.data() + text.size(), seconds);
  if (seconds > 0) return std::chrono::seconds(seconds);
  // The real server picks between half an hour and an hour.
  static thread_local std::minstd_rand random{std::random_device{}()};
  return std::chrono::seconds(std::uniform_int_distribution<>(1800, 3600)(random));
}

HttpReply WrittenReply(const ResourceType& type, const Written& written, const Representation& as) {
  const bool status = written.object.value("kind", "") == "Status" && type.kind != "Status";
  HttpReply reply =
      JsonReply(written.code, status ? written.object : Show(type, written.object, as));
  for (const std::string& warning : written.warnings) {
    reply.headers.emplace_back("Warning", fmt::format("299 - {}", Json(warning).dump()));
  }
  return reply;
}

Json NamespaceObject(const char* name) {
  return {{"apiVersion", "v1"}, {"kind", "Namespace"}, {"metadata", {{"name", name}}}};
}

}  // namespace

Api::Api() {
  for (const char* name : {"default", "kube-system", "kube-public", "kube-node-lease"}) {
    (void)Load(NamespaceObject(name));
  }
}

void Api::SetToken(std::string token) {
  const std::lock_guard lock(token_mutex_);
  token_ = std::move(token);
}

bool Api::Authorized(const HttpRequest& request) const {
  const std::lock_guard lock(token_mutex_);
  return token_.empty() || request.authorization == "Bearer " + token_;
}

Answer<void> Api::Load(const Json& object) {
  const TypePtr type = registry_.FindKind(object.value("apiVersion", ""), object.value("kind", ""));
  if (!type) return PathNotFound();
  const std::string ns = object.value("metadata", Json::object()).value("namespace", "default");
  const auto written = writer_.Create({type, type->namespaced ? ns : "", "", ""}, object,
                                      {false, false, "devcluster", ""});
  if (!written) return Refusal(written.error());
  return {};
}

void Api::ServeStoredCrds() {
  for (const auto& [key, crd] :
       store_.List("customresourcedefinitions.apiextensions.k8s.io", "").objects) {
    registry_.AddCrd(*crd);
  }
}

HttpReply Api::Handle(const HttpRequest& request) {
  try {
    const std::string method =
        request.method == "GET" && request.QueryFlag("watch") ? "WATCH" : request.method;
    if (const auto fault = faults_.Take(method, request.path)) {
      std::this_thread::sleep_for(fault->latency);
      if (fault->page)
        return {.code = fault->code, .content_type = "text/html", .body = *fault->page};
      if (fault->code != 0) return ErrorReply(FaultError(*fault));
    }
    if (auto reply = HealthReply(request)) return *reply;
    if (!Authorized(request)) return ErrorReply(Unauthorized().value());
    auto reply = Route(request);
    return reply ? std::move(*reply) : ErrorReply(reply.error());
  } catch (const Json::exception& error) {
    // A member of another type than the API says: what Go's decoder refuses.
    return ErrorReply(
        BadRequest(fmt::format("the object provided is malformed: {}", error.what())).value());
  }
}

Answer<HttpReply> Api::Route(const HttpRequest& request) {
  if (auto reply = DocumentReply(request, registry_)) return std::move(*reply);
  const auto path = ParseResourcePath(request.path);
  if (!path) return PlainNotFound();
  if (path->group == "authorization.k8s.io" || path->group == "authentication.k8s.io") {
    return Review(request, path->plural);
  }
  const TypePtr type = registry_.Find(path->group, path->version, path->plural);
  if (!type) return PlainNotFound();
  if (!path->subresource.empty() && (path->subresource != "status" || !type->has_status)) {
    return PathNotFound();
  }
  const Target target{type, path->ns, path->name, path->subresource};
  return path->name.empty() ? Collection(request, target) : Resource(request, target);
}

Answer<HttpReply> Api::Collection(const HttpRequest& request, const Target& target) {
  if (request.method == "DELETE") return DeleteCollection(request, target);
  if (request.method == "POST") return Write(request, target);
  if (request.method != "GET") return MethodNotAllowed();
  if (request.QueryFlag("watch")) return Watch(request, target);
  const auto options = ParseListOptions(request, *target.type);
  if (!options) return Refusal(options.error());
  const auto as = ParseRepresentation(request.accept, request.Query("includeObject"));
  if (!as) return Refusal(as.error());
  const auto body = List(store_, *target.type, target.ns, *options, *as);
  if (!body) return Refusal(body.error());
  return JsonReply(200, *body);
}

Answer<HttpReply> Api::Resource(const HttpRequest& request, const Target& target) {
  if (request.method == "GET") return Read(request, target);
  if (request.method == "POST") return MethodNotAllowed();
  return Write(request, target);
}

Answer<HttpReply> Api::Read(const HttpRequest& request, const Target& target) {
  const auto as = ParseRepresentation(request.accept, request.Query("includeObject"));
  if (!as) return Refusal(as.error());
  if (request.QueryFlag("watch")) {
    Target collection = target;
    collection.name.clear();
    HttpRequest by_name = request;
    by_name.query.emplace("fieldSelector", "metadata.name=" + target.name);
    return Watch(by_name, collection);
  }
  const ObjectPtr stored = store_.Get(target.Key());
  if (!stored) return NotFound(target.type->ToSubject(), target.name);
  return JsonReply(200, Show(*target.type, FromStored(*target.type, *stored), *as));
}

Answer<HttpReply> Api::Watch(const HttpRequest& request, const Target& target) {
  const auto list = ParseListOptions(request, *target.type);
  if (!list) return Refusal(list.error());
  const auto as = ParseRepresentation(request.accept, request.Query("includeObject"));
  if (!as) return Refusal(as.error());
  const auto version = ParseVersion(list->version);
  if (!version) return Refusal(version.error());
  WatchOptions options;
  options.type = target.type;
  options.ns = target.ns;
  options.selector = list->selector;
  options.as = *as;
  options.version = *version;
  options.bookmarks = request.QueryFlag("allowWatchBookmarks");
  options.initial_events = request.QueryFlag("sendInitialEvents");
  options.timeout = WatchTimeout(request);
  options.bookmark_interval = bookmark_interval_;
  if (options.initial_events && list->version_match != "NotOlderThan") {
    return Invalid({"meta.k8s.io", "ListOptions", "ListOptions"}, "",
                   {ForbiddenValue("resourceVersionMatch",
                                   "sendInitialEvents requires setting resourceVersionMatch to "
                                   "NotOlderThan")});
  }
  HttpReply reply;
  reply.watch = std::make_shared<WatchStream>(store_, std::move(options));
  return reply;
}

Answer<HttpReply> Api::Write(const HttpRequest& request, const Target& target) {
  const ResourceType& type = *target.type;
  const auto as = ParseRepresentation(request.accept, request.Query("includeObject"));
  if (!as) return Refusal(as.error());
  if (request.method == "DELETE") {
    if (!target.subresource.empty()) return MethodNotAllowed();
    const auto options = ParseDeleteOptions(request);
    if (!options) return Refusal(options.error());
    const auto written = writer_.Delete(target, *options);
    if (!written) return Refusal(written.error());
    return WrittenReply(type, *written, *as);
  }
  const bool patching = request.method == "PATCH";
  PatchKind kind = PatchKind::kMerge;
  if (patching) {
    const auto parsed = ParsePatchKind(request, type);
    if (!parsed) return Refusal(parsed.error());
    kind = *parsed;
  }
  const auto options = ParseWriteOptions(request, request.method == "POST"  ? "CreateOptions"
                                                  : request.method == "PUT" ? "UpdateOptions"
                                                                            : "PatchOptions");
  if (!options) return Refusal(options.error());
  auto body = ParseBody(request, &type);
  if (!body) return Refusal(body.error());
  const auto written = request.method == "POST" ? writer_.Create(target, std::move(*body), *options)
                       : request.method == "PUT"
                           ? writer_.Replace(target, std::move(*body), *options)
                           : writer_.Patch(target, kind, *body, *options);
  if (!written) return Refusal(written.error());
  return WrittenReply(type, *written, *as);
}

Answer<HttpReply> Api::DeleteCollection(const HttpRequest& request, const Target& target) {
  const auto list = ParseListOptions(request, *target.type);
  if (!list) return Refusal(list.error());
  const auto options = ParseDeleteOptions(request);
  if (!options) return Refusal(options.error());
  std::vector<Json> deleted;
  const Snapshot snapshot = store_.List(target.type->storage, target.ns);
  for (const auto& [key, object] : snapshot.objects) {
    if (!list->selector.Matches(*object)) continue;
    const auto written = writer_.Delete({target.type, key.ns, key.name, ""}, *options);
    // Somebody else may have deleted it meanwhile.
    if (!written && written.error().code != 404) return Refusal(written.error());
    deleted.push_back(FromStored(*target.type, *object));
  }
  return JsonReply(200, ListBody(*target.type, deleted,
                                 {{"resourceVersion", std::to_string(store_.Version())}}, {}));
}

Answer<HttpReply> Api::Review(const HttpRequest& request, const std::string& plural) {
  if (request.method != "POST") return MethodNotAllowed();
  auto body = ParseBody(request, nullptr);
  if (!body) return Refusal(body.error());
  Json& review = *body;
  if (plural == "selfsubjectaccessreviews") {
    review["status"] = {{"allowed", true}, {"reason", "devcluster allows everything"}};
  } else if (plural == "selfsubjectrulesreviews") {
    review["status"] = {
        {"resourceRules", {{{"verbs", {"*"}}, {"apiGroups", {"*"}}, {"resources", {"*"}}}}},
        {"nonResourceRules", {{{"verbs", {"*"}}, {"nonResourceURLs", {"*"}}}}},
        {"incomplete", false}};
  } else if (plural == "selfsubjectreviews") {
    review["status"] = {
        {"userInfo", {{"username", "devcluster-admin"}, {"groups", {"system:masters"}}}}};
  } else {
    return PathNotFound();
  }
  return JsonReply(201, review);
}

}  // namespace schemaop::devcluster
