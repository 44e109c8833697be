#include "tests/support/apiserver/list.h"

#include <algorithm>
#include <charconv>

#include <fmt/format.h>

#include "tests/support/apiserver/builtin_rules.h"
#include "tests/support/apiserver/encoding.h"

namespace schemaop::devcluster {
namespace {

// Where the next page starts, and of which moment; version -1 is "now, inconsistent".
struct PageStart {
  std::int64_t version = 0;
  std::string ns;
  std::string name;
};

// Tokens travel in queries as they are, so they use the alphabet without '+', '/' and '='.
std::string UrlSafe(std::string text) {
  while (!text.empty() && text.back() == '=') text.pop_back();
  std::replace(text.begin(), text.end(), '+', '-');
  std::replace(text.begin(), text.end(), '/', '_');
  return text;
}

std::string FromUrlSafe(std::string text) {
  std::replace(text.begin(), text.end(), '-', '+');
  std::replace(text.begin(), text.end(), '_', '/');
  text.append((4 - text.size() % 4) % 4, '=');
  return text;
}

std::string Encode(const PageStart& start) {
  const Json token = {
      {"v", "meta.k8s.io/v1"}, {"rv", start.version}, {"start", start.ns + "/" + start.name}};
  return UrlSafe(Base64Encode(token.dump()));
}

Answer<PageStart> Decode(const std::string& text) {
  const auto bytes = Base64Decode(FromUrlSafe(text));
  const Json token = bytes ? Json::parse(*bytes, nullptr, false) : Json();
  if (!token.is_object() || !token.contains("rv") || !token.contains("start")) {
    return BadRequest("continue key is not valid: it was not made by this server");
  }
  const std::string start = token["start"].get<std::string>();
  const std::size_t slash = start.find('/');
  return PageStart{token["rv"].get<std::int64_t>(), start.substr(0, slash),
                   start.substr(slash + 1)};
}

Refusal ExpiredToken(const PageStart& start) {
  Refusal refusal = Expired(
      "The provided continue parameter is too old to display a consistent list result. You can "
      "start "
      "a new list without the continue parameter, or use the continue token in this response to "
      "retrieve the remainder of the results. Continuing with the provided token results in an "
      "inconsistent list - objects that were created, modified, or deleted between the time the "
      "first "
      "chunk was returned and now may show up in the list.");
  refusal.value().continue_token = Encode({-1, start.ns, start.name});
  return refusal;
}

Answer<Snapshot> Take(const Store& store, const ResourceType& type, const std::string& ns,
                      const ListOptions& options, const PageStart& start) {
  if (!options.continue_token.empty()) {
    if (start.version < 0) return store.List(type.storage, ns);
    auto then = store.ListAt(type.storage, ns, static_cast<std::uint64_t>(start.version));
    if (!then) return ExpiredToken(start);
    return std::move(*then);
  }
  const auto version = ParseVersion(options.version);
  if (!version) return Refusal(version.error());
  if (*version > store.Version()) {
    return VersionTooLarge(options.version, std::to_string(store.Version()));
  }
  if (options.version_match != "Exact") return store.List(type.storage, ns);
  auto then = store.ListAt(type.storage, ns, *version);
  if (!then) return Expired("The resourceVersion for the provided list is too old.");
  return std::move(*then);
}

Answer<void> CheckOptions(const ListOptions& options) {
  if (!options.continue_token.empty() && !options.version.empty() && options.version != "0") {
    return BadRequest("specifying resource version is not allowed when using continue");
  }
  if (options.version_match.empty()) return {};
  const Subject list_options{"meta.k8s.io", "ListOptions", "ListOptions"};
  if (!options.continue_token.empty()) {
    return Invalid(list_options, "",
                   {ForbiddenValue("resourceVersionMatch",
                                   "resourceVersionMatch is forbidden when continue is provided")});
  }
  if (options.version.empty()) {
    return Invalid(list_options, "",
                   {ForbiddenValue("resourceVersionMatch",
                                   "resourceVersionMatch is forbidden unless resourceVersion is "
                                   "provided")});
  }
  return {};
}

}  // namespace

Answer<std::uint64_t> ParseVersion(const std::string& text) {
  if (text.empty()) return 0;
  std::uint64_t version = 0;
  const char* end = text.data() + text.size();
  if (std::from_chars(text.data(), end, version).ptr != end) {
    return BadRequest(fmt::format(
        "resourceVersion: Invalid value: {}: strconv.ParseUint: parsing {}: invalid syntax",
        Json(text).dump(), Json(text).dump()));
  }
  return version;
}

Answer<Json> List(const Store& store, const ResourceType& type, const std::string& ns,
                  const ListOptions& options, const Representation& as) {
  if (auto fine = CheckOptions(options); !fine) return Refusal(fine.error());
  PageStart start;
  if (!options.continue_token.empty()) {
    auto decoded = Decode(options.continue_token);
    if (!decoded) return Refusal(decoded.error());
    start = std::move(*decoded);
  }
  auto snapshot = Take(store, type, ns, options, start);
  if (!snapshot) return Refusal(snapshot.error());

  const auto limit = static_cast<std::size_t>(std::max<std::int64_t>(options.limit, 0));
  std::vector<Json> page;
  std::optional<PageStart> next;
  std::size_t remaining = 0;
  for (const auto& [key, stored] : snapshot->objects) {
    if (std::tie(key.ns, key.name) < std::tie(start.ns, start.name)) continue;
    if (!options.selector.Matches(*stored)) continue;
    if (limit > 0 && page.size() == limit) {
      if (!next) next = PageStart{static_cast<std::int64_t>(snapshot->version), key.ns, key.name};
      ++remaining;
    } else {
      page.push_back(FromStored(type, *stored));
    }
  }
  Json metadata = {{"resourceVersion", std::to_string(snapshot->version)}};
  if (next) {
    metadata["continue"] = Encode(*next);
    if (options.selector.Empty()) metadata["remainingItemCount"] = remaining;
  }
  return ListBody(type, page, metadata, as);
}

}  // namespace schemaop::devcluster
