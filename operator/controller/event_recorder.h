// Sends Events without making anybody wait. They are a courtesy: a full queue drops them, and what
// the server refuses is logged and forgotten.
#pragma once

#include <chrono>
#include <memory>
#include <string>

#include <nlohmann/json_fwd.hpp>

#include "base/logger.h"
#include "kube/client.h"

namespace schemaop {

// client-go's numbers; tests shorten the pause.
struct EventRecorderOptions {
  std::size_t most_waiting = 1000;
  int tries = 12;
  std::chrono::milliseconds pause{10000};   // between two tries of a server that does not answer
  std::chrono::milliseconds parting{5000};  // how long Drain may take
};

// Sends from a thread of its own what EventSeries says is worth a request. Thread-safe. The client
// outlives it.
class EventRecorder {
 public:
  EventRecorder(KubeClient& client, Logger logger, EventRecorderOptions options = {});
  ~EventRecorder();
  EventRecorder(const EventRecorder&) = delete;
  EventRecorder& operator=(const EventRecorder&) = delete;

  // Takes `object`, an Event for the collection `path`; it is sent soon after.
  void Record(const std::string& path, nlohmann::json object);

  // Sends what waits, and the counts that were not sent yet, as far as that goes at once, and ends
  // the thread. Nothing is taken afterwards. For the end of the work, while the client may still
  // write.
  void Drain();

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace schemaop
