// Reporting: one object's status on its way to the server during one visit.
#pragma once

#include <functional>
#include <set>
#include <stop_token>
#include <string>

#include "api/schema_version.h"
#include "base/error.h"
#include "base/logger.h"
#include "controller/effects.h"
#include "controller/event_poster.h"
#include "runtime/metrics.h"

namespace schemaop {

// Declares the metrics that reports keep: schemaversion_ready, schemaversion_pending_steps.
void DeclareReportMetrics(Metrics& metrics);

// Removes what they say of an object that is gone.
void RemoveReportMetrics(Metrics& metrics, const ObjectKey& key);

// Who carries a report.
struct ReportChannels {
  Effects& effects;
  const EventPoster& events;
  Metrics& metrics;
  Logger logger;
};

// Not thread-safe: one visit, one thread at a time. The channels outlive it.
class StatusReport {
 public:
  // The status to write, from the object as it was at the start of the visit or, when somebody else
  // changed it meanwhile, as it is now. Conditions are those written last (their transition times
  // go on).
  using StatusOf = std::function<SchemaVersionStatus(const SchemaVersion& object)>;

  // `object` is the newest known state.
  StatusReport(const ReportChannels& channels, SchemaVersion object);

  // Writes `status_of(object)` unless the server says the same already. When somebody else changed
  // the object meanwhile, reads it and tries again, so that what was done is told whatever
  // happened. Posts events and logs on change. kNotFound when the object is gone (or another one
  // has its name); kConflict when status tells of a newer spec already, or the object changes all
  // the time.
  Result<void> Write(const StatusOf& status_of, const std::stop_token& stop);

  // As Write, for what is about to begin: kConflict, and nothing written, also when the object was
  // read again and its spec is another by now.
  Result<void> Announce(const StatusOf& status_of, const std::stop_token& stop);

  // The status on the server, as far as known.
  const SchemaVersionStatus& written() const { return written_; }

 private:
  enum class NewerSpec { kTellAnyway, kGiveUp };

  Result<void> Write(const StatusOf& status_of, NewerSpec newer_spec, const std::stop_token& stop);
  Result<bool> TryWrite(const SchemaVersionStatus& status, const std::stop_token& stop);
  Result<void> ReadAgain(NewerSpec newer_spec, const std::stop_token& stop);
  void Tell(const SchemaVersionStatus& before, const SchemaVersionStatus& after) const;

  ReportChannels channels_;
  SchemaVersion object_;
  SchemaVersionStatus written_;
  // Digests of the statuses whose patch got no answer since `written_`: the server may have taken
  // one of them, and no more, since each names the version that it changes.
  std::set<std::string> unanswered_;
};

}  // namespace schemaop
