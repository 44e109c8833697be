// Posting Events. They are a courtesy: a failure is logged and nothing waits for a second try.
#pragma once

#include <stop_token>
#include <string>
#include <vector>

#include "api/object_meta.h"
#include "base/logger.h"
#include "controller/effects.h"
#include "policy/events.h"

namespace schemaop {

// Thread-safe. The effects outlive it.
class EventPoster {
 public:
  // `instance` is the pod's name, for reportingInstance.
  EventPoster(Effects& effects, std::string instance, Logger logger);

  // Posts `notes` about the object `regarding`, in order.
  void Post(const ObjectMeta& regarding, const std::vector<EventNote>& notes,
            const std::stop_token& stop) const;

 private:
  Effects& effects_;
  std::string instance_;
  Logger logger_;
};

}  // namespace schemaop
