#include "model_place.h"

#include <utility>

#include "engine/locked_run.h"
#include "model_steps.h"
#include "revision/lost_revisions.h"

namespace schemaop::simulation {

Result<std::unique_ptr<DatabaseLink>> Connect(const PlaceOptions& options,
                                              const std::stop_token& stop) {
  auto link = std::make_unique<DatabaseLink>(*options.scheduler, *options.faults, *options.database,
                                             options.life);
  auto opened = link->Open(options.password, options.application, stop);
  if (!opened) return Fail(opened.error());
  return link;
}

Result<DatabaseState> ReadState(DatabaseLink& link, const std::stop_token& stop) {
  return link.Ask<DatabaseState>(stop,
                                 [&database = link.database(), session = link.shared_session()] {
                                   return database.State(*session);
                                 });
}

Result<void> ReadStoredOf(DatabaseLink& link, const RevisionGraph& files, DatabaseState& state,
                          const std::stop_token& stop) {
  using Stored = std::optional<StoredRevision>;
  return CollectStored(files, state, [&](const RevisionId& id) {
    return link.Ask<Stored>(stop, [&database = link.database(), session = link.shared_session(),
                                   id] { return database.Stored(*session, id); });
  });
}

tl::expected<DatabaseState, RunReport> ModelPlace::Enter(const Waiting&,
                                                         const std::stop_token& stop) {
  auto link = Connect(options_, stop);
  if (!link) return tl::unexpected(FailedReport(link.error()));
  link_ = *std::move(link);
  // options.lock_wait is zero for the operator: one try.
  const auto locked =
      link_->Ask<bool>(stop, [&database = link_->database(), session = link_->shared_session()] {
        return database.TryLock(*session);
      });
  if (!locked) return tl::unexpected(FailedReport(locked.error()));
  if (!*locked) {
    return tl::unexpected(BusyReport(options_.database->host(), options_.database->Holder()));
  }
  auto state = ReadState(*link_, stop);
  if (!state) return tl::unexpected(FailedReport(state.error()));
  return options_.stale_state ? *options_.stale_state : *std::move(state);
}

Result<void> ModelPlace::ReadStored(const RevisionGraph& files, DatabaseState& state,
                                    const std::stop_token& stop) {
  if (options_.stale_state) return {};
  return ReadStoredOf(*link_, files, state, stop);
}

std::unique_ptr<StepSink> ModelPlace::Sink(const RevisionGraph& graph, RunIdentity identity,
                                           const std::stop_token& stop) {
  return std::make_unique<ModelSteps>(options_, link_, graph, std::move(identity), stop);
}

}  // namespace schemaop::simulation
