// An API server as far as the operator sees one: objects with versions, merge patches that
// conflict, lists, watches, a Lease.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include <nlohmann/json.hpp>

#include "api/lease.h"
#include "api/schema_version.h"
#include "faults.h"
#include "kube/api_error.h"
#include "kube/paths.h"
#include "runtime/lease_bid.h"
#include "scheduler.h"

namespace schemaop::simulation {

// An answer that is no yes.
ApiError Refusal(int http_status, ErrorCode code, std::string reason);
// No answer at all.
ApiError NoAnswer(ErrorCode code = ErrorCode::kUnavailable);

// One watch, from the server to one client.
struct WatchStream {
  std::vector<std::string> lines;  // arrived and not read yet
  bool ended = false;
  ApiResult<void> end;
  Signal changed;
  bool silent = false;  // half open: nothing arrives any more
  Moment last_arrival{0};
};

// What somebody wrote: for the oracle.
struct StatusWrite {
  nlohmann::json before;  // the whole object
  nlohmann::json after;
  int writer = 0;  // which replica
};

class ModelServer {
 public:
  ModelServer(Scheduler& scheduler, Faults& faults) : scheduler_(scheduler), faults_(faults) {}

  // Requests, each in one step. Paths as of kube/paths.h.
  ApiResult<nlohmann::json> Get(const std::string& path) const;
  ApiResult<nlohmann::json> Create(const std::string& path, const nlohmann::json& object);
  ApiResult<nlohmann::json> Patch(const std::string& path, const nlohmann::json& patch, int writer);
  // A page of the SchemaVersions, as text.
  ApiResult<std::string> List(const QueryParameters& parameters);
  ApiResult<std::shared_ptr<WatchStream>> Watch(const QueryParameters& parameters);
  ApiResult<schemaop::Lease> OnLease(const LeaseBid::Call& call);

  // What users do. `edit` changes the object under its lock; a changed spec is a new generation.
  void Put(const std::string& path, nlohmann::json object);
  void Edit(const std::string& path, const std::function<void(nlohmann::json&)>& edit);
  void Delete(const std::string& path);
  bool Has(const std::string& path) const { return objects_.contains(path); }
  void EditLease(const std::function<void(std::optional<schemaop::Lease>&)>& edit);

  // Forgets what was before: whoever watches has to list again.
  void Compact();
  // Ends every watch, as a restart of the server would.
  void CutWatches();
  void SendBookmarks();

  // Requests to write that replicas sent, the Lease's not counted.
  int writes() const { return writes_; }
  int events() const { return events_; }
  // Whether an event was withheld from somebody, so that only a new list can tell him.
  bool lossy() const { return lossy_; }

  // A replica wants to write something.
  std::function<void(const std::string& what)> on_write;
  std::function<void(const StatusWrite&)> on_status;
  // A SchemaVersion was put, edited by a user or deleted (null).
  std::function<void(const std::string& path, const nlohmann::json* object)> on_spec;

 private:
  struct Change {
    std::int64_t version;
    std::string path;
    std::string type;                              // ADDED, MODIFIED, DELETED
    std::shared_ptr<const nlohmann::json> object;  // of DELETED: its last state
  };

  bool IsWatched(const std::string& path) const;
  void Store(const std::string& path, nlohmann::json object, const std::string& type);
  void Send(const Change& change);
  void SendTo(const std::shared_ptr<WatchStream>& stream, const std::string& line);
  void Arrive(const std::shared_ptr<WatchStream>& stream, Moment when, const std::string& line);
  void EndStream(WatchStream& stream, ApiResult<void> end);
  std::string PageText(std::int64_t version, int from, int limit) const;
  ApiResult<std::string> ContinuedList(const std::string& token, int limit);
  ApiResult<nlohmann::json> PatchStatus(const std::string& path, const nlohmann::json& patch,
                                        int writer);

  Scheduler& scheduler_;
  Faults& faults_;
  std::map<std::string, nlohmann::json> objects_;  // by path
  std::vector<Change> changes_;                    // of SchemaVersions, oldest first
  std::vector<std::shared_ptr<WatchStream>> streams_;
  std::optional<schemaop::Lease> lease_;
  std::int64_t version_ = 100;
  std::int64_t compacted_ = 0;  // changes up to here are forgotten
  int uids_ = 0;
  int writes_ = 0;
  int events_ = 0;
  bool lossy_ = false;
};

}  // namespace schemaop::simulation
