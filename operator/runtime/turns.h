// Who may work now on what only so many may work on at once; who may not is called when there is
// room. No thread waits.
#pragma once

#include <chrono>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "api/object_meta.h"

namespace schemaop {

// A thing with room for `most` visits at once: a database with 1, its server with 4.
struct Place {
  std::string name;
  int most = 1;
};

// Thread-safe.
class Turns {
 public:
  using Clock = std::chrono::steady_clock;

  // `call` is told a key that did not get its places once they are kept free for its next visit,
  // from the thread that made room, with no lock held: it adds the key to a queue.
  explicit Turns(std::function<void(const ObjectKey& key)> call);
  ~Turns();
  Turns(const Turns&) = delete;
  Turns& operator=(const Turns&) = delete;

  // One visit of one key. Its end gives back what it took, or what was kept for it and not taken,
  // and calls who waited for that. Not thread-safe; ends before its Turns.
  class Visit {
   public:
    // REQUIRES: no other visit of `key` is under way.
    Visit(Turns& turns, ObjectKey key);
    ~Visit();
    Visit(const Visit&) = delete;
    Visit& operator=(const Visit&) = delete;

    // Takes all of `places`, or none: then the key is called when there is room, and the answer
    // is how long it has been waiting for that at `now`, its earlier visits included. Once a visit.
    std::optional<Clock::duration> Take(const std::vector<Place>& places, Clock::time_point now);

   private:
    Turns& turns_;
    ObjectKey key_;
    std::vector<Place> taken_;
    bool waits_ = false;
  };

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace schemaop
