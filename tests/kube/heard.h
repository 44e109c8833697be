// What handlers of a test's server note, for the test to look at.
#pragma once

#include <cstddef>
#include <mutex>
#include <utility>
#include <vector>

namespace schemaop {

// Thread-safe, also where an answer is all that says that a handler has run: what goes through a
// socket orders nothing for ThreadSanitizer.
template <typename T>
class Heard {
 public:
  // Returns how many there are now.
  std::size_t Note(T value) {
    const std::lock_guard lock(mutex_);
    values_.push_back(std::move(value));
    return values_.size();
  }
  // All, in their order.
  std::vector<T> Values() const {
    const std::lock_guard lock(mutex_);
    return values_;
  }

 private:
  mutable std::mutex mutex_;
  std::vector<T> values_;
};

}  // namespace schemaop
