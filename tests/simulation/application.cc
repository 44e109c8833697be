#include "application.h"

#include <utility>

#include "api/secret.h"
#include "controller/api_resources.h"
#include "engine/journal.h"
#include "engine/step_sink.h"
#include "kube/paths.h"
#include "policy/message.h"
#include "postgres/dsn.h"
#include "revision/lost_revisions.h"
#include "revision/source.h"

namespace schemaop::simulation {
namespace {

using nlohmann::json;
using std::chrono::milliseconds;
using std::chrono::seconds;

constexpr const char* kNamespace = "shop";

std::vector<SourceFile> FilesOf(const std::map<std::string, std::string>& data) {
  std::vector<SourceFile> files;
  for (const auto& [name, text] : data) files.push_back({name, text});
  return files;
}

}  // namespace

Application::Application(ModelWorld& world, const std::string& name)
    : world_(world),
      name_(name),
      path_(ObjectPath(SchemaVersionResource(), {kNamespace, name})),
      source_path_(ObjectPath(ConfigMapResource(), {kNamespace, name + "-files"})),
      secret_path_(ObjectPath(SecretResource(), {kNamespace, name + "-db"})),
      project_(world.scheduler.random()),
      database_(world.scheduler, name + ".example") {
  world_.databases[database_.host()] = &database_;
}

void Application::Apply() {
  PutSecret(database_.password);
  PutSource();
  world_.server.Put(path_, NewObject());
}

json Application::NewObject() {
  Random& random = world_.scheduler.random();
  static constexpr const char* kPolicies[] = {"Allow", "Allow", "RequireApproval", "Deny"};
  return {{"apiVersion", "schemaversion.io/v1alpha1"},
          {"kind", "SchemaVersion"},
          {"metadata", {{"namespace", kNamespace}, {"name", name_}}},
          {"spec",
           {{"targetRevision", "head"},
            {"database", {{"secretRef", {{"name", name_ + "-db"}}}}},
            {"migrations", {{"configMaps", {{{"name", name_ + "-files"}}}}}},
            {"policy", {{"downgrade", kPolicies[random.Below(4)]}}},
            {"interval", "20m"}}}};
}

void Application::PutSource() {
  const json data = project_.Files();
  if (!world_.server.Has(source_path_)) {
    world_.server.Put(
        source_path_,
        {{"metadata", {{"namespace", kNamespace}, {"name", name_ + "-files"}}}, {"data", data}});
    return;
  }
  world_.server.Edit(source_path_, [&](json& object) { object["data"] = data; });
}

void Application::PutSecret(const std::string& password) {
  // Separate keys, in base64 as the API has them.
  static const auto encode = [](const std::string& text) {
    static constexpr std::string_view kDigits =
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    std::string out;
    for (std::size_t i = 0; i < text.size(); i += 3) {
      std::uint32_t bits = 0;
      for (std::size_t j = 0; j < 3; ++j) {
        bits = bits << 8U | (i + j < text.size() ? static_cast<unsigned char>(text[i + j]) : 0U);
      }
      for (std::size_t j = 0; j < 4; ++j) {
        out += i + j > text.size() ? '=' : kDigits[bits >> (18U - 6U * j) & 63U];
      }
    }
    return out;
  };
  const json data = {{"host", encode(database_.host())},
                     {"dbname", encode("app")},
                     {"user", encode("owner")},
                     {"password", encode(password)},
                     {"sslmode", encode("disable")}};
  if (!world_.server.Has(secret_path_)) {
    world_.server.Put(
        secret_path_,
        {{"metadata", {{"namespace", kNamespace}, {"name", name_ + "-db"}}}, {"data", data}});
    return;
  }
  world_.server.Edit(secret_path_, [&](json& object) { object["data"] = data; });
}

void Application::EditSpec(const std::function<void(json&)>& edit) {
  world_.server.Edit(path_, [&](json& object) { edit(object["spec"]); });
}

std::string Application::AnyTarget() {
  Random& random = world_.scheduler.random();
  switch (random.Below(8)) {
    case 0:
    case 1:
    case 2:
      return "head";
    case 3:
      return "base";
    case 4:
      return "999";
    default:
      return Project::IdOf(1 + random.Below(project_.size()));
  }
}

void Application::ActByChance() {
  switch (world_.scheduler.random().Below(10)) {
    case 0:
    case 1:
    case 2:
    case 3:
      return EditByChance();
    case 4:
    case 5:
      return EditSourceByChance();
    case 6:
      return EditSecretByChance();
    case 7:
      return RunAlembic(AnyTarget());
    case 8:
      return RunCommandLine(AnyTarget());
    default:
      database_.up = !database_.up;
      if (!database_.up) database_.Restart();
  }
}

void Application::EditByChance() {
  Random& random = world_.scheduler.random();
  static constexpr const char* kPolicies[] = {"Allow", "RequireApproval", "Deny"};
  switch (random.Below(9)) {
    case 0:
    case 1:
    case 2:
      return EditSpec([&](json& spec) { spec["targetRevision"] = AnyTarget(); });
    case 3:
      return EditSpec(
          [&](json& spec) { spec["policy"]["downgrade"] = kPolicies[random.Below(3)]; });
    case 4:
      return EditSpec([&](json& spec) { spec["suspend"] = !spec.value("suspend", false); });
    case 5:
      return EditSpec([&](json& spec) {
        spec["execution"]["transactionMode"] = random.Chance(0.5) ? "Single" : "PerRevision";
      });
    case 6:
      return world_.server.Edit(path_, [&](json& object) {
        object["metadata"]["annotations"][std::string(kRequestedAtAnnotation)] =
            std::to_string(random.Below(1000));
      });
    case 7:
      return world_.server.Edit(path_, [&](json& object) {
        object["metadata"]["labels"]["touched"] = std::to_string(random.Below(1000));
      });
    default:
      world_.server.Delete(path_);
      if (random.Chance(0.9)) world_.server.Put(path_, NewObject());
  }
}

void Application::EditSourceByChance() {
  Random& random = world_.scheduler.random();
  switch (random.Below(7)) {
    case 0:
    case 1:
      project_.ShowMore();
      break;
    case 2:
      project_.ShowLess();
      break;
    case 3:
      project_.EditText(1 + random.Below(project_.size()));
      break;
    case 4:
      project_.Break();
      break;
    case 5:
      project_.Correct();
      break;
    default:
      world_.server.Delete(source_path_);
      if (random.Chance(0.5)) return;
  }
  PutSource();
}

void Application::EditSecretByChance() {
  Random& random = world_.scheduler.random();
  switch (random.Below(4)) {
    case 0:
    case 1: {
      // Rotation: the server first, the Secret a while later; whoever is in stays in.
      database_.password = "secret-" + std::to_string(++passwords_);
      world_.scheduler.At(world_.scheduler.now() + random.Between(milliseconds(0), seconds(20)),
                          [this, password = database_.password] { PutSecret(password); });
      return;
    }
    case 2:
      return PutSecret("wrong");
    default:
      world_.server.Delete(secret_path_);
  }
}

// Without lock and ledger, in one step.
void Application::RunAlembic(const std::string& target) {
  const auto source = LoadSource(FilesOf(project_.Files()));
  if (!source || !database_.up) return;
  const auto goal = ResolveGoal(*source->graph, target);
  if (!goal) return;
  const auto plan = PlanTowards(*source->graph, database_.heads(), *goal);
  if (!plan) return;
  std::vector<Work> works;
  for (const Step& step : plan->steps) {
    const Revision* revision = source->graph->Find(step.revision);
    if (revision == nullptr || (step.direction == Direction::kDowngrade && !revision->downgrade)) {
      return;
    }
    // Nothing keeps Alembic from running a statement outside a transaction while another run does.
    if (!PlannedStep{&step, revision}.section().transactional && database_.Holder()) return;
    // A journalled statement has had its effect already: a person looks first, and leaves it to
    // schemactl. (Taken over and back by another tool, it would count as done: RESULTS.md.)
    const bool half_done =
        database_.InEffect(step.revision) != (step.direction == Direction::kUpgrade ? 0 : 1);
    if (half_done) return;
    Work work;
    work.deed = Deed{step.revision, step.direction};
    work.changes = step.changes;
    work.heads_after = step.heads_after;
    works.push_back(std::move(work));
  }
  if (works.empty()) return;
  world_.Trace("Alembic on " + database_.host() + " from " + ShowHeads(plan->from) + " to " +
               ShowHeads(plan->to));
  (void)database_.CommitUnlocked(works);
}

// schemactl, run by somebody while the operator works: the same engine, its own process.
void Application::RunCommandLine(const std::string& target) {
  world_.Trace("schemactl on " + database_.host());
  auto life = std::make_shared<Life>();
  world_.scheduler.Spawn(life, [this, life, target] {
    const auto source = LoadSource(FilesOf(project_.Files()));
    if (!source) return;
    PlaceOptions place_options;
    place_options.scheduler = &world_.scheduler;
    place_options.faults = &world_.faults;
    place_options.database = &database_;
    place_options.life = life;
    place_options.password = database_.password;
    place_options.application = "schemactl";
    place_options.wall = [this] { return WallTime(world_.scheduler.now()); };
    ModelPlace place(place_options);
    (void)MigrateAt(place, {}, *source->graph,
                    [&](const DatabaseState& state) -> Result<Plan> {
                      const auto goal = ResolveGoal(*source->graph, target);
                      if (!goal) return Fail(goal.error());
                      const auto history = CompleteFromLedger(source->graph, state);
                      if (!history) return Fail(history.error());
                      return PlanTowards(**history, state.heads, *goal);
                    },
                    {"somebody"}, nullptr, {});
  });
}

void Application::Rival() {
  const Moment soon =
      world_.scheduler.now() + world_.scheduler.random().Between(milliseconds(0), milliseconds(20));
  const bool locks = world_.scheduler.random().Chance(0.5);
  world_.scheduler.At(soon, [this, locks] { locks ? RunCommandLine("head") : RunAlembic("head"); });
}

void Application::RepairEverything() {
  project_.Repair();
  PutSource();
  PutSecret(database_.password);
  if (!world_.server.Has(path_)) world_.server.Put(path_, NewObject());
  EditSpec([](json& spec) {
    spec["targetRevision"] = "head";
    spec["policy"]["downgrade"] = "Allow";
    spec["suspend"] = false;
    spec["execution"]["transactionMode"] = "PerRevision";
  });
}

void Application::SettleDoubts() {
  const auto object = Object();
  if (!object || !object->status.failure || !object->status.failure->in_doubt) return;
  std::vector<LedgerRow> journal;
  for (const LedgerRow& row : database_.ledger()) {
    if (row.revision != object->status.failure->revision) continue;
    if (row.kind == LedgerKind::kApplied) journal.clear();
    if (row.statement > 0) journal.push_back(row);
  }
  const auto doubt = OpenDoubt(journal);
  if (!doubt) return;
  LedgerRow row = *doubt;
  row.kind = LedgerKind::kResolved;
  const bool there = database_.InEffect(row.revision) > 0;
  row.message = there == (row.direction == Direction::kUpgrade) ? kResolvedDone : kResolvedRetry;
  (void)database_.AppendByHand(std::move(row));
}

std::optional<SchemaVersion> Application::Object() const {
  const auto object = world_.server.Get(path_);
  if (!object) return std::nullopt;
  auto parsed = ParseSchemaVersion(*object);
  return parsed ? std::optional(*std::move(parsed)) : std::nullopt;
}

Observation Application::Observe() const {
  Observation observation = NothingObserved(WallTime(world_.scheduler.now()));
  if (const auto object = Object(); !object->spec || object->spec->suspend) return observation;
  observation.source = Fail(ErrorCode::kNotFound, "no ConfigMap");
  if (const auto object = world_.server.Get(source_path_)) {
    observation.source = LoadSource(FilesOf(ParseConfigMap(*object)->data));
  }
  const auto secret_object = world_.server.Get(secret_path_);
  if (!secret_object) {
    observation.identity = Fail(ErrorCode::kNotFound, "no Secret");
    return observation;
  }
  const auto secret = ParseSecret(*secret_object);
  const auto dsn = DsnFromSecret(secret->data, "");
  observation.identity = DatabaseIdentity{DsnLabel(*dsn), secret->metadata.resource_version};
  if (dsn->parameters.at("password") != database_.password) {
    observation.database = Fail(ErrorCode::kDenied, "password authentication failed");
    return observation;
  }
  const ModelDatabase::Session session;
  observation.database = database_.State(session);
  if (observation.source) {
    (void)CollectStored(*observation.source->graph, *observation.database,
                        [&](const RevisionId& id) { return database_.Stored(session, id); });
  }
  return observation;
}

}  // namespace schemaop::simulation
