// What became of a statement outside a transaction whose run was cut off, or that the server broke
// off half-way.
#pragma once

#include <optional>
#include <stop_token>
#include <string>
#include <vector>

#include "base/error.h"
#include "postgres/session.h"
#include "sql/interruptible.h"

namespace schemaop {

struct Judgement {
  enum class Verdict {
    kDone,      // it took effect
    kRunAgain,  // it did not, or doing it again does no harm
    kUnknown,   // only a person can tell
  };
  Verdict verdict = Verdict::kUnknown;  // once the repairs are made
  // What removes or finishes what was left half done, a statement each, to be run one by one
  // outside a transaction.
  std::vector<std::string> repairs;
  std::optional<int> busy;  // somebody still works on it: the process; no repair may run meanwhile

  bool operator==(const Judgement&) const = default;
};

// Looks for the effect; changes nothing.
//   CREATE INDEX CONCURRENTLY      valid: done; invalid: dropped and built anew, for IF NOT EXISTS
//                                  would take it for a good one
//   DROP INDEX CONCURRENTLY        gone: done
//   REINDEX CONCURRENTLY           left-over _ccnew and _ccold indexes are dropped; run again
//   DETACH PARTITION CONCURRENTLY  detached: done; pending: finalised
//   ALTER TYPE ... ADD VALUE       there: done
//   CREATE, DROP DATABASE, TABLESPACE, SUBSCRIPTION: by the catalog
//   VACUUM and others that do no harm when repeated: run again (see MayBeRepeated)
//   anything else                  unknown
// `search_path` holds the schemas unqualified names may be in.
Result<Judgement> JudgeStatement(Session& session, const std::string& sql,
                                 const std::vector<std::string>& search_path,
                                 const std::stop_token& stop);

// The schema in which the server finds what the statement names without one: the index to drop, the
// table to build on, the type to add to. Once the statement has taken effect the name may be found
// elsewhere. nullopt when there is no such schema, and for statements whose names do not change
// their meaning.
Result<std::optional<std::string>> FindPlace(Session& session, const std::string& sql,
                                             const std::vector<std::string>& search_path,
                                             const std::stop_token& stop);

// Makes the repairs, each with a deadline of some seconds: they wait for every transaction that may
// use what they touch. kBusy when somebody still works on it, or uses it for too long. REQUIRES: no
// transaction is open.
Result<void> Repair(Session& session, const Judgement& judgement, const std::stop_token& stop);

}  // namespace schemaop
