#include "controller/event_poster.h"

#include <utility>

#include <nlohmann/json.hpp>

#include "api/event.h"
#include "base/fault_point.h"
#include "controller/api_resources.h"

namespace schemaop {

EventPoster::EventPoster(Effects& effects, std::string instance, Logger logger)
    : effects_(effects), instance_(std::move(instance)), logger_(std::move(logger)) {}

void EventPoster::Post(const ObjectMeta& regarding, const std::vector<EventNote>& notes,
                       const std::stop_token& stop) const {
  Time time = effects_.Now();
  for (const EventNote& note : notes) {
    Event event;
    event.regarding = regarding;
    event.type =
        note.type == EventNote::Type::kWarning ? Event::Type::kWarning : Event::Type::kNormal;
    event.reason = note.reason;
    event.action = note.action;
    event.note = note.note;
    event.reporting_instance = instance_;
    // The time makes the name, and also keeps the order for who sorts by it.
    event.time = time;
    time += std::chrono::microseconds(1);
    SCHEMAOP_CRASH_POINT("controller.event.posting");
    const auto created = effects_.Create(CollectionPath(EventResource(), regarding.namespace_name),
                                         ToJson(event), stop);
    SCHEMAOP_CRASH_POINT("controller.event.posted");
    if (created) continue;
    logger_.Warning("event not posted", {{"schemaversion", ToString(regarding.key())},
                                         {"reason", note.reason},
                                         {"error", created.error().error.message}});
  }
}

}  // namespace schemaop
