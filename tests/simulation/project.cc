#include "project.h"

namespace schemaop::simulation {

Project::Project(Random& random) : size_(2 + random.Below(4)), shown_(1 + random.Below(size_)) {
  if (random.Chance(0.4)) journalled_ = 1 + random.Below(size_);
  provable_ = random.Chance(0.6);
  if (random.Chance(0.15)) irreversible_ = 1 + random.Below(size_);
  if (random.Chance(0.2)) refused_ = 1 + random.Below(size_);
  if (refused_ == journalled_) refused_ = 0;
}

RevisionId Project::IdOf(int number) { return "00" + std::to_string(number); }

std::string Project::Section(int number, const std::string& direction) const {
  const std::string id = IdOf(number);
  const bool up = direction == "up";
  std::string text = "-- migrate:" + direction;
  if (number == journalled_) {
    text += " transaction:false\n";
    if (!provable_) return text + "VACUUM t" + id + ";\n";
    return text + (up ? "CREATE INDEX CONCURRENTLY i" + id + " ON t (id);\n"
                      : "DROP INDEX CONCURRENTLY i" + id + ";\n");
  }
  text += "\n";
  if (up && number == refused_) return text + "ALTER TABLE no_such_table ADD a int;\n";
  return text + (up ? "CREATE TABLE t" + id + " (id int);\n" : "DROP TABLE t" + id + ";\n");
}

std::string Project::TextOf(int number) const {
  const std::string id = IdOf(number);
  const auto edited = edited_.find(number);
  std::string text = "-- Revision " + id;
  if (edited != edited_.end() && edited->second) text += ", edited";
  text += ".\n--\n-- revision: " + id + "\n";
  text += "-- down_revision: " + (number > 1 ? IdOf(number - 1) : "none") + "\n";
  text += "\n" + Section(number, "up");
  if (number != irreversible_) text += "\n" + Section(number, "down");
  return text;
}

std::map<std::string, std::string> Project::Files() const {
  std::map<std::string, std::string> files;
  for (int number = 1; number <= shown_; ++number) files[IdOf(number) + ".sql"] = TextOf(number);
  if (broken_) files["002.sql"] = "-- revision: 002\n-- down_revision: 404\n\n-- migrate:up\n";
  return files;
}

void Project::Repair() {
  shown_ = size_;
  edited_.clear();
  broken_ = false;
  refused_ = 0;
}

}  // namespace schemaop::simulation
