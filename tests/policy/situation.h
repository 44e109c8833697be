// A SchemaVersion and a world for policy tests: everything well, to be made worse one thing at a
// time.
#pragma once

#include <chrono>
#include <string>
#include <vector>

#include "api/schema_version.h"
#include "policy/decide.h"
#include "policy/observation.h"

namespace schemaop {

inline const Time kNow = Time(std::chrono::seconds(1'795'341'600));  // 2026-11-22T10:00:00Z

// Revisions "001" <- "002" <- ... <- `count`, as files; every one reversible.
std::vector<SourceFile> LinearFiles(int count);

// What the ledger keeps of revision `id`, which follows `parent`.
StoredRevision StoredStep(const std::string& id, const std::string& parent);

// The source of LinearFiles.
Source LinearSource(int count);

// What a connection attempt says when nothing listens.
inline const Error kUnreachable{ErrorCode::kUnavailable, "connection refused"};

struct Situation {
  SchemaVersion object;
  Observation observation;

  // An object of generation 4 that wants head of 4 revisions and a database at 004.
  Situation();

  Situation& Target(const std::string& target);
  Situation& Heads(std::vector<std::string> heads);
  Situation& Stored(std::vector<StoredRevision> stored);
  Situation& Downgrade(DowngradePolicy policy);
  Situation& Source(Result<schemaop::Source> source);
  Situation& Identity(Error error);
  Situation& Database(Error error);

  Decision Decide() const { return schemaop::Decide(object, observation); }
};

// "UpToDate: message" of a Settled, Hold or Retry; "Advance 003 004" with the steps of an Advance.
std::string Show(const Decision& decision);

}  // namespace schemaop
