// Which Events are worth a request: the first of its kind is created, what says the same again is
// counted (client-go's tools/events). Pure.
#pragma once

#include <chrono>
#include <cstddef>
#include <map>
#include <memory>
#include <string>
#include <variant>
#include <vector>

#include <nlohmann/json_fwd.hpp>

#include "base/time.h"

namespace schemaop {

// The Events of one program. Those that agree in object, type, reason, action and note are one
// series; client-go leaves the note out, but here it says which revision was applied. An object may
// say 25 things at once and one more every five minutes, as client-go's spam filter has it, so that
// nothing an object does in a loop fills etcd, whatever its notes say. Not thread-safe.
class EventSeries {
 public:
  using Clock = std::chrono::steady_clock;
  using Json = std::shared_ptr<const nlohmann::json>;  // never null

  struct Create {
    std::string path;  // of the collection
    Json object;
  };
  struct Update {
    std::string path;  // of the Event
    Json patch;
    Create instead;  // when that Event is gone
  };
  struct Nothing {};
  using Request = std::variant<Nothing, Create, Update>;

  // What to send of `object`, an Event of events.k8s.io/v1 for the collection `path`: Create for
  // the first of a series, Update for the second and then at most every 30 minutes, Nothing
  // otherwise and beyond the object's allowance.
  Request Record(const std::string& path, const nlohmann::json& object, Clock::time_point now);

  // The last counts of series that have been quiet for six minutes, which are over with that.
  std::vector<Update> Finish(Clock::time_point now);

  // Everything counted and not sent yet: for the end of the program.
  std::vector<Update> FinishAll();

  std::size_t size() const { return series_.size(); }

 private:
  struct Series {
    std::string path;
    std::string name;  // of the Event that was created
    std::string first_time;
    std::string last_time;  // eventTime of the newest
    // What the Event says, as text; empty until it was said again, as most never are: a fleet says
    // ten thousand things in a minute.
    std::string text;
    int count = 1;
    int sent_count = 1;
    Clock::time_point sent;
    Clock::time_point seen;
  };

  bool IsAllowed(const std::string& uid, bool warns, Clock::time_point now);
  static Update UpdateOf(Series& series, Clock::time_point now);

  std::map<std::string, Series> series_;
  std::map<std::string, std::vector<Clock::time_point>> said_;  // by uid: creations not made up yet
};

}  // namespace schemaop
