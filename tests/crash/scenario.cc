#include "scenario.h"

namespace schemaop::testing {
namespace {

constexpr const char* kAlone = " transaction:false";

std::string Log(const std::string& revision, const std::string& direction) {
  return "INSERT INTO harness.applied_log (revision, direction) VALUES ('" + revision + "', '" +
         direction + "');\n";
}

std::string File(const std::string& id, const std::string& parent, const std::string& options,
                 const std::string& up, const std::string& down) {
  return "-- Revision " + id + "\n--\n-- revision: " + id +
         "\n-- down_revision: " + (parent.empty() ? "none" : parent) + "\n\n-- migrate:up" +
         options + "\n" + up + Log(id, "up") + "\n-- migrate:down" + options + "\n" + down +
         Log(id, "down");
}

std::string Items(const std::string& name) {
  return File("001", "", "",
              "CREATE TABLE items (id int PRIMARY KEY, name text);\n"
              "INSERT INTO items SELECT n, " +
                  name + " FROM generate_series(1, 500) n;\n",
              "DROP TABLE items;\n");
}

// Transactional sections of one and of several statements, an index built concurrently followed by
// a statement whose effect nobody can look for, an enum value and a revision that uses it.
std::map<std::string, std::string> MainProject() {
  return {
      {"001.sql", Items("'item ' || n")},
      {"002.sql",
       File("002", "001", kAlone, "CREATE INDEX CONCURRENTLY items_name ON items (name);\n",
            "DROP INDEX CONCURRENTLY items_name;\n")},
      {"003.sql",
       File("003", "002", "", "CREATE TYPE mood AS ENUM ('sad');\n", "DROP TYPE mood;\n")},
      // A value cannot be taken back: it stays until 003 drops the type.
      {"004.sql",
       File("004", "003", kAlone, "ALTER TYPE mood ADD VALUE 'happy';\n", "VACUUM items;\n")},
      {"005.sql",
       File("005", "004", "", "ALTER TABLE items ADD COLUMN mood mood DEFAULT 'happy';\n",
            "ALTER TABLE items DROP COLUMN mood;\n")},
  };
}

// Two transactions in a row: the second is begun with the first one's COMMIT.
std::map<std::string, std::string> TwoInARow() {
  return {
      {"001.sql", Items("'item ' || n")},
      {"002.sql", File("002", "001", "", "CREATE TABLE extra (n int);\n", "DROP TABLE extra;\n")}};
}

// 002 fails until the gate is open.
std::map<std::string, std::string> GatedProject() {
  return {{"001.sql", Items("'item ' || n")},
          {"002.sql", File("002", "001", "",
                           "CREATE TABLE extra (n int);\n"
                           "INSERT INTO extra SELECT 1 / count(*) FROM harness.gate;\n",
                           "DROP TABLE extra;\n")}};
}

// Every other attempt at 002 is told that it cannot get its lock; sequences are not rolled back.
std::map<std::string, std::string> HeldBackProject() {
  return {{"001.sql", Items("'item ' || n")},
          {"002.sql", File("002", "001", "",
                           "CREATE TABLE extra (n int);\n"
                           "DO $$BEGIN IF nextval('harness.attempts') % 2 = 1 THEN RAISE EXCEPTION "
                           "'no lock' USING ERRCODE = '55P03'; END IF; END$$;\n",
                           "DROP TABLE extra;\n")}};
}

// 002's index fails on duplicates until there are none.
std::map<std::string, std::string> DuplicatesProject() {
  return {{"001.sql", Items("'item ' || n % 100")},
          {"002.sql", File("002", "001", kAlone,
                           "CREATE UNIQUE INDEX CONCURRENTLY items_name ON items (name);\n",
                           "DROP INDEX CONCURRENTLY items_name;\n")}};
}

}  // namespace

std::vector<Scenario> Scenarios() {
  const std::vector<std::string> up = {"upgrade", "head"};
  return {
      {.name = "upgrade", .revisions = MainProject(), .command = up, .goal = "005"},
      {.name = "downgrade",
       .revisions = MainProject(),
       .before = {up},
       .command = {"downgrade", "base"},
       .goal = ""},
      {.name = "stamp",
       .revisions = MainProject(),
       .before = {{"upgrade", "003"}},
       .command = {"stamp", "--purge", "001"},
       .goal = "001"},
      {.name = "resume",
       .revisions = MainProject(),
       .cut_off = "engine.lone.answered:kill",
       .command = up,
       .goal = "005"},
      {.name = "refused statement",
       .revisions = GatedProject(),
       .command = up,
       .remedy = "INSERT INTO harness.gate VALUES (1)",
       .goal = "002"},
      {.name = "held back", .revisions = HeldBackProject(), .command = up, .goal = "002"},
      {.name = "refused index",
       .revisions = DuplicatesProject(),
       .command = up,
       .remedy = "UPDATE items SET name = id",
       .goal = "002"},
      // The first COMMIT is that of 001; the second and third those of 002's intent and success.
      {.name = "lost commit",
       .revisions = MainProject(),
       .command = up,
       .goal = "005",
       .lost_commit = 1},
      {.name = "commit that never arrives",
       .revisions = MainProject(),
       .command = up,
       .goal = "005",
       .lost_commit = 1,
       .is_committed = false},
      {.name = "lost commit with a BEGIN behind it",
       .revisions = TwoInARow(),
       .command = up,
       .goal = "002",
       .lost_commit = 1},
      {.name = "commit with a BEGIN behind it that never arrives",
       .revisions = TwoInARow(),
       .command = up,
       .goal = "002",
       .lost_commit = 1,
       .is_committed = false},
      {.name = "lost intent",
       .revisions = MainProject(),
       .command = up,
       .goal = "005",
       .lost_commit = 2},
      {.name = "lost success",
       .revisions = MainProject(),
       .command = up,
       .goal = "005",
       .lost_commit = 3},
      {.name = "rival",
       .revisions = MainProject(),
       .command = up,
       .goal = "005",
       .has_rival = true},
  };
}

}  // namespace schemaop::testing
