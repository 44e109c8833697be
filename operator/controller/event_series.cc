#include "controller/event_series.h"

#include <utility>

#include <nlohmann/json.hpp>

#include "base/sha256.h"

namespace schemaop {
namespace {

using nlohmann::json;
using std::chrono::minutes;

constexpr minutes kRefresh(30);
constexpr minutes kQuiet(6);
constexpr minutes kAllowedAgain(5);
constexpr std::size_t kAtOnce = 25;
// A long run tells of each step; why it ended must be told as well.
constexpr std::size_t kNewsAtOnce = 20;

std::string KeyOf(const json& event) {
  json key = json::array();
  key.push_back(event.at("regarding").value("uid", ""));
  key.push_back(event.at("regarding").value("name", ""));
  for (const char* part : {"type", "reason", "action", "note"})
    key.push_back(event.value(part, ""));
  return Sha256Hex(key.dump());
}

}  // namespace

bool EventSeries::IsAllowed(const std::string& uid, bool warns, Clock::time_point now) {
  std::vector<Clock::time_point>& said = said_[uid];
  // Each entry is when one thing said is made up for: one after the other, five minutes apart.
  std::erase_if(said, [&](Clock::time_point made_up) { return made_up <= now; });
  if (said.size() >= (warns ? kAtOnce : kNewsAtOnce)) return false;
  said.push_back((said.empty() ? now : said.back()) + kAllowedAgain);
  return true;
}

EventSeries::Request EventSeries::Record(const std::string& path, const json& object,
                                         Clock::time_point now) {
  const std::string key = KeyOf(object);
  const auto found = series_.find(key);
  if (found == series_.end()) {
    const bool warns = object.value("type", "") == "Warning";
    if (!IsAllowed(object.at("regarding").value("uid", ""), warns, now)) return Nothing{};
    const std::string time = object.value("eventTime", "");
    series_.emplace(key, Series{.path = path,
                                .name = object.at("metadata").value("name", ""),
                                .first_time = time,
                                .last_time = time,
                                .text = {},
                                .sent = now,
                                .seen = now});
    return Create{path, std::make_shared<const json>(object)};
  }
  Series& series = found->second;
  ++series.count;
  if (series.text.empty()) series.text = object.dump();
  series.last_time = object.value("eventTime", "");
  series.seen = now;
  // The second makes it a series; after that a reader is kept up to date now and then.
  if (series.sent_count > 1 && now - series.sent < kRefresh) return Nothing{};
  return UpdateOf(series, now);
}

EventSeries::Update EventSeries::UpdateOf(Series& series, Clock::time_point now) {
  series.sent = now;
  series.sent_count = series.count;
  const json counted{{"count", series.count}, {"lastObservedTime", series.last_time}};
  Update update;
  update.path = series.path + "/" + series.name;
  json instead = json::parse(series.text);
  instead["metadata"]["name"] = series.name;
  instead["eventTime"] = series.first_time;
  instead["series"] = counted;
  update.patch = std::make_shared<const json>(json{{"series", counted}});
  update.instead = {series.path, std::make_shared<const json>(std::move(instead))};
  return update;
}

std::vector<EventSeries::Update> EventSeries::Finish(Clock::time_point now) {
  std::vector<Update> updates;
  for (auto each = series_.begin(); each != series_.end();) {
    Series& series = each->second;
    if (now - series.seen < kQuiet) {
      ++each;
      continue;
    }
    if (series.count > series.sent_count) updates.push_back(UpdateOf(series, now));
    each = series_.erase(each);
  }
  std::erase_if(said_, [&](const auto& said) { return said.second.back() <= now; });
  return updates;
}

std::vector<EventSeries::Update> EventSeries::FinishAll() {
  std::vector<Update> updates;
  for (auto& [key, series] : series_) {
    if (series.count > series.sent_count) updates.push_back(UpdateOf(series, series.seen));
  }
  series_.clear();
  return updates;
}

}  // namespace schemaop
