// The revision files of a simulated project, and what people do to them.
#pragma once

#include <map>
#include <string>

#include "random.h"
#include "revision/revision.h"

namespace schemaop::simulation {

// A line of revisions "001", "002" ...
class Project {
 public:
  // How many there are, and which of them are special, by chance.
  explicit Project(Random& random);

  // As a ConfigMap's data: the first `shown` files, as edited.
  std::map<std::string, std::string> Files() const;
  static RevisionId IdOf(int number);
  int size() const { return size_; }

  // What people do.
  void ShowMore() { shown_ = shown_ < size_ ? shown_ + 1 : size_; }
  void ShowLess() { shown_ = shown_ > 1 ? shown_ - 1 : 1; }
  void EditText(int number) { edited_[number] = !edited_[number]; }
  void Break() { broken_ = true; }
  void Correct() { refused_ = 0; }
  // Everything is there and as it was at first, and the server takes it.
  void Repair();

  bool broken() const { return broken_; }
  // Which revision's SQL the server refuses; 0: none.
  int refused() const { return refused_; }

 private:
  std::string TextOf(int number) const;
  std::string Section(int number, const std::string& direction) const;

  int size_;
  int shown_;
  int journalled_ = 0;    // runs outside a transaction; 0: none
  bool provable_ = true;  // the catalog tells whether it did
  int irreversible_ = 0;
  int refused_ = 0;
  bool broken_ = false;
  std::map<int, bool> edited_;
};

}  // namespace schemaop::simulation
