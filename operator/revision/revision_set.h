// A set of revisions of one graph, by index.
#pragma once

#include <cstddef>
#include <vector>

namespace schemaop {

// One flag a revision, and the number of members. Cheap to copy and to ask; iterates in load order.
// REQUIRES: every index is less than the size given at construction.
class RevisionSet {
 public:
  explicit RevisionSet(std::size_t universe) : flags_(universe) {}

  bool Contains(std::size_t index) const { return flags_[index]; }
  bool Empty() const { return count_ == 0; }
  std::size_t Count() const { return count_; }

  // True when `index` was not a member before.
  bool Insert(std::size_t index) {
    if (flags_[index]) return false;
    flags_[index] = true;
    ++count_;
    return true;
  }

  // True when `index` was a member before.
  bool Erase(std::size_t index) {
    if (!flags_[index]) return false;
    flags_[index] = false;
    --count_;
    return true;
  }

  // The members in load order.
  std::vector<std::size_t> Members() const {
    std::vector<std::size_t> members;
    members.reserve(count_);
    for (std::size_t i = 0; i < flags_.size(); ++i) {
      if (flags_[i]) members.push_back(i);
    }
    return members;
  }

  bool operator==(const RevisionSet&) const = default;

 private:
  std::vector<bool> flags_;
  std::size_t count_ = 0;
};

}  // namespace schemaop
