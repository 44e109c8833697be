#include "oracle.h"

#include <algorithm>
#include <utility>
#include <variant>

#include "controller/api_resources.h"
#include "kube/paths.h"
#include "policy/decide.h"
#include "policy/message.h"
#include "policy/next_status.h"
#include "policy/reason.h"
#include "status_rules.h"

namespace schemaop::simulation {
namespace {

using nlohmann::json;

// How old what Ready=True says may be when it is written: a visit's reads and its write, each with
// the client's deadline.
constexpr Moment kVisit = std::chrono::minutes(3);

std::string ReasonOf(const SchemaVersionStatus& status) {
  const Condition* ready = FindCondition(status.conditions, "Ready");
  return ready == nullptr ? "none" : ready->reason;
}

std::string ExpectedReason(const Decision& decision) {
  if (const auto* settled = std::get_if<Settled>(&decision)) {
    return std::string(TraitsOf(settled->reason).name);
  }
  if (const auto* hold = std::get_if<Hold>(&decision))
    return std::string(TraitsOf(hold->reason).name);
  if (const auto* retry = std::get_if<Retry>(&decision)) {
    return std::string(TraitsOf(retry->reason).name);
  }
  return "";
}

// Whether a run was cut off in a section outside a transaction, of which a part remains.
bool IsHalfDone(const ModelDatabase& database, const RevisionId& id) {
  const auto& ledger = database.ledger();
  const auto newest = std::find_if(ledger.rbegin(), ledger.rend(),
                                   [&](const LedgerRow& row) { return row.revision == id; });
  return newest != ledger.rend() && newest->statement > 0;
}

}  // namespace

Oracle::Oracle(ModelWorld& world, std::vector<Application*> applications)
    : world_(world), applications_(std::move(applications)) {
  world_.server.on_status = [this](const StatusWrite& write) { OnStatus(write); };
  world_.server.on_write = [this](const std::string& what) { world_.Trace(what); };
  world_.server.on_spec = [this](const std::string& path, const json* object) {
    OnSpec(path, object);
  };
  for (Application* application : applications_) {
    application->database().on_violation = [this](const std::string& what) { Violated(what); };
    application->database().on_deed = [this, application](const Deed& deed) {
      world_.Trace(std::string(deed.direction == Direction::kUpgrade ? "does " : "undoes ") +
                   deed.revision + " on " + application->database().host());
    };
    application->database().on_row = [this, application](const LedgerRow& row) {
      OnRow(*application, row);
    };
  }
}

void Oracle::Violated(const std::string& what) {
  world_.Trace("VIOLATED " + what);
  violations_.push_back(
      what + " (at " +
      std::to_string(
          std::chrono::duration_cast<std::chrono::milliseconds>(world_.scheduler.now()).count()) +
      " ms)");
}

const Application* Oracle::At(const std::string& path) const {
  for (const Application* application : applications_) {
    if (application->path() == path) return application;
  }
  return nullptr;
}

void Oracle::OnSpec(const std::string& path, const json* object) {
  auto& versions = specs_[path];
  if (object == nullptr) {
    world_.Trace("deleted " + path);
    if (!versions.empty()) versions.back().until = world_.scheduler.now();
    return;
  }
  SchemaVersion parsed = *ParseSchemaVersion(*object);
  const bool same = !versions.empty() && !versions.back().until &&
                    versions.back().uid == parsed.metadata.uid &&
                    versions.back().generation == parsed.metadata.generation;
  if (same) return;
  world_.Trace("spec " + parsed.metadata.uid + "/" + std::to_string(parsed.metadata.generation) +
               " " + (*object)["spec"].dump());
  if (!versions.empty() && !versions.back().until) versions.back().until = world_.scheduler.now();
  versions.push_back({parsed.metadata.uid, parsed.metadata.generation, parsed, std::nullopt});
}

void Oracle::OnStatus(const StatusWrite& write) {
  ++world_.figures.statuses;
  const SchemaVersion before = *ParseSchemaVersion(write.before);
  const SchemaVersion after = *ParseSchemaVersion(write.after);
  const Condition* ready = FindCondition(after.status.conditions, "Ready");
  world_.Trace("status of " + after.metadata.name + " by replica " + std::to_string(write.writer) +
               ", generation " + std::to_string(after.status.observed_generation) + ": " +
               ReasonOf(after.status) + " " + (ready != nullptr ? ready->message : ""));
  const auto broken = BrokenRule(before.status, after.status, after.status.observed_generation);
  // Two flips within a second have one time.
  if (broken && broken->find("flipped without") == std::string::npos) Violated("I5: " + *broken);
  if (after.status.observed_generation > after.metadata.generation) {
    Violated("I5: status tells of a generation that is not there");
  }
  if (after.status.observed_generation < before.status.observed_generation) {
    Violated("I5: observedGeneration goes back from " +
             std::to_string(before.status.observed_generation) + " to " +
             std::to_string(after.status.observed_generation));
  }
  const auto& told = before.status.last_applied;
  const auto& history = after.status.history;
  if (told && std::find(history.begin(), history.end(), *told) == history.end()) {
    Violated("I5: history forgets " + told->revision + " " + told->direction);
  }
  const auto path = ObjectPath(SchemaVersionResource(), after.metadata.key());
  CheckTruth(*At(path), after);
}

// Ready=True is said of nothing that was not committed.
void Oracle::CheckTruth(const Application& application, const SchemaVersion& after) {
  const Condition* ready = FindCondition(after.status.conditions, "Ready");
  if (ready == nullptr || ready->status != ConditionStatus::kTrue) return;
  if (ready->reason == "Suspended") return;
  const auto& past = application.database().past();
  const Moment since = world_.scheduler.now() - kVisit;
  for (std::size_t i = past.size(); i-- > 0;) {
    if (ShowHeads(past[i].second) == after.status.current_revision) return;
    if (past[i].first < since) break;
  }
  Violated("I5: Ready is True at " + after.status.current_revision + ", and " +
           application.database().host() + " is at " + ShowHeads(application.database().heads()));
}

// Nothing goes down without the permission there when the run began.
void Oracle::OnRow(const Application& application, const LedgerRow& row) {
  world_.Trace("row " + std::to_string(row.sequence) + " of " + application.database().host() +
               ": kind " + std::to_string(static_cast<int>(row.kind)) + " revision " +
               row.revision + (row.direction == Direction::kDowngrade ? " down" : " up") + " by " +
               row.actor);
  if (row.kind != LedgerKind::kApplied || row.direction != Direction::kDowngrade) return;
  if (!row.actor.starts_with("schema-operator/")) return;
  const std::string word = row.actor.substr(row.actor.rfind(' ') + 1);
  const auto slash = word.find('/');
  const auto& versions = specs_[application.path()];
  const auto version = std::find_if(versions.begin(), versions.end(), [&](const auto& candidate) {
    return candidate.uid == word.substr(0, slash) &&
           candidate.generation == std::stoll(word.substr(slash + 1));
  });
  if (version == versions.end()) return Violated("I3: nobody asked for what " + word + " did");
  const SchemaVersionSpec& spec = *version->object.spec;
  if (spec.policy.downgrade != DowngradePolicy::kAllow || spec.suspend) {
    Violated("I3: " + word + " took back " + row.revision + " without permission");
  }
  const Moment read = world_.run_reads[row.actor + "@" + application.database().host()];
  if (version->until && *version->until < read) {
    Violated("I3: " + word + " was not the newest any more when its run began");
  }
}

std::string Oracle::Differs(const SchemaVersion& object, const Observation& observation,
                            const Decision& decision) const {
  const SchemaVersionStatus next = NextStatus(object, observation, decision);
  const auto patch = StatusPatch(object.metadata, object.status, next);
  return patch ? "status is not what it should be: " + (*patch)["status"].dump() : "";
}

std::string Oracle::NotDone(const Application& application) const {
  const auto object = application.Object();
  if (!object) return "";
  const Observation observation = application.Observe();
  const Decision decision = Decide(*object, observation);
  const std::string expected = ExpectedReason(decision);
  if (expected.empty()) return "there are steps to take";
  const std::string found = ReasonOf(object->status);
  if (found != expected) return "status says " + found + " and should say " + expected;
  if (object->status.observed_generation != object->metadata.generation) {
    return "status tells of another generation";
  }
  if (found == TraitsOf(Reason::kRetrying).name) return "something is tried again";
  const auto& failure = object->status.failure;
  if (found == TraitsOf(Reason::kMigrationFailed).name && failure->next_retry_time) {
    const Time soon = WallTime(world_.scheduler.now() + std::chrono::minutes(3));
    if (*failure->next_retry_time < soon) return "what failed is about to be tried again";
  }
  // A visit that found a file wrong while the Secret did not answer; the next one adds it.
  const auto& identity = observation.identity;
  if (identity && !object->spec->suspend && object->status.database != identity->label) {
    return "status does not name the database";
  }
  // A file that changed while the Secret is missing changes no reason.
  const auto& source = object->status.source;
  if (observation.source && object->spec && !object->spec->suspend &&
      (!source || source->digest != observation.source->digest)) {
    return "status tells of another source";
  }
  // What is read by name is looked at again after the interval: the reason may be right by chance.
  if (found == TraitsOf(Reason::kSourceInvalid).name && !observation.source) {
    const Error& error = observation.source.error();
    const std::string told = FindCondition(object->status.conditions, "Ready")->message;
    const std::string wanted =
        error.code == ErrorCode::kNotFound ? "does not exist" : error.message;
    if (told.find(wanted) == std::string::npos) return "status tells of another fault";
  }
  const bool seen = observation.source && identity;
  return seen || object->spec->suspend ? Differs(*object, observation, decision) : "";
}

void Oracle::CheckEnd(const Application& application, bool repaired) {
  const auto object = application.Object();
  if (!object) return;
  const ModelDatabase& database = application.database();
  const std::string reason = ReasonOf(object->status);
  if (repaired && reason != "UpToDate" && reason != "ChecksumMismatch") {
    Violated("I6: nothing is in the way, and " + application.name() + " is " + reason);
  }
  if (reason != "UpToDate") return;
  if (repaired && database.heads() != Heads{Project::IdOf(application.project().size())}) {
    Violated("I5: " + application.name() + " is UpToDate at " + ShowHeads(database.heads()));
  }
  for (int number = 1; number <= application.project().size(); ++number) {
    const RevisionId id = Project::IdOf(number);
    const bool implied = !database.heads().empty() && id <= database.heads().front();
    if (database.InEffect(id) != (implied ? 1 : 0) && !IsHalfDone(database, id)) {
      Violated("I2: revision " + id + " is in effect " + std::to_string(database.InEffect(id)) +
               " times, and the version table says " + ShowHeads(database.heads()));
    }
  }
}

}  // namespace schemaop::simulation
