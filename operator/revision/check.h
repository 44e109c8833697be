// Checks: what must hold of a database after a migration, what is seen of it, and the verdict.
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "sql/statement.h"

namespace schemaop {

// Tables are there (partitioned and foreign ones count). Names as SQL takes them: "projects",
// "app.projects"; without a schema they are looked up through the search path.
struct TablesCheck {
  std::vector<std::string> tables;

  bool operator==(const TablesCheck&) const = default;
};

// Indexes are there and valid; names as above.
struct IndexesCheck {
  std::vector<std::string> indexes;

  bool operator==(const IndexesCheck&) const = default;
};

// The server refuses `statement` with `sqlstate`; deferred constraints are asked at once.
struct RejectsCheck {
  Statement statement;
  std::string sqlstate;

  bool operator==(const RejectsCheck&) const = default;
};

// `statement`, a query, does what is asked of it; at least one of the three is set.
struct QueryCheck {
  Statement statement;
  std::optional<std::int64_t> at_least;                  // first column of its first row
  std::optional<std::chrono::milliseconds> faster_than;  // median of several executions
  std::optional<std::string> uses_index;  // anywhere in its plan; the name alone, without a schema

  bool operator==(const QueryCheck&) const = default;
};

struct Check {
  std::string name;
  Position position;  // in its file
  std::variant<TablesCheck, IndexesCheck, RejectsCheck, QueryCheck> what;

  bool operator==(const Check&) const = default;
};

// A file of checks.
struct CheckList {
  std::string file;               // as errors name it
  std::vector<Statement> sample;  // run before the checks and rolled back after them
  std::vector<Check> checks;      // at least one; their names differ

  bool operator==(const CheckList&) const = default;
};

// The server refused what had to run. `message` is its own, without DETAIL.
struct RefusalSeen {
  std::string sqlstate;
  std::string message;

  bool operator==(const RefusalSeen&) const = default;
};

// A table or index by its name in the check.
struct ObjectSeen {
  std::string name;
  std::string problem;  // "there is no table x", "x is a view"; empty: it is as it must be

  bool operator==(const ObjectSeen&) const = default;
};

// What a query did.
struct QuerySeen {
  enum class Value { kNotAsked, kNoRow, kNull, kText };
  Value value = Value::kNotAsked;
  std::string text;                                  // of the first column of its first row
  std::vector<std::chrono::nanoseconds> executions;  // as the server measured them
  std::vector<std::string> indexes;                  // names in its plan
  std::vector<std::string> scans;                    // "Seq Scan on projects"
  // Names by which the wanted index may stand in a plan: its own and those of its partitions.
  std::vector<std::string> names;

  bool operator==(const QuerySeen&) const = default;
};

// A statement that had to be refused was not.
struct AcceptedSeen {
  bool operator==(const AcceptedSeen&) const = default;
};

using CheckEvidence = std::variant<std::vector<ObjectSeen>, RefusalSeen, AcceptedSeen, QuerySeen>;

// What became of a check.
struct CheckResult {
  std::string name;
  bool holds = false;
  std::string note;      // what is worth saying of one that holds: "16 found", "<1ms"; may be empty
  std::string expected;  // of one that does not hold: the parts that do not
  std::string seen;

  bool operator==(const CheckResult&) const = default;
};

// Whether `check` holds by `evidence`, which was gathered for it.
CheckResult Judge(const Check& check, const CheckEvidence& evidence);

// "<name>", "<name>: <note>", or "<name>: expected <expected>, seen <seen>".
std::string DescribeResult(const CheckResult& result);

// A sequence that went on while checks ran; a rollback does not take it back.
struct SequenceMove {
  std::string name;  // "public.project_events_event_id_seq"
  std::string from;  // its last value; empty: it had none
  std::string to;

  bool operator==(const SequenceMove&) const = default;
};

// What a run of checks came to.
struct CheckReport {
  std::vector<CheckResult> results;  // of every check, in their order
  std::vector<SequenceMove> moved;   // by name

  bool operator==(const CheckReport&) const = default;
};

// The results that do not hold, in their order.
std::vector<CheckResult> Failing(const CheckReport& report);

}  // namespace schemaop
