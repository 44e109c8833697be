#include "situation.h"

#include <utility>
#include <variant>

#include "policy/message.h"

namespace schemaop {
namespace {

std::string Id(int number) {
  const std::string digits = std::to_string(number);
  return std::string(3 - digits.size(), '0') + digits;
}

}  // namespace

std::vector<SourceFile> LinearFiles(int count) {
  std::vector<SourceFile> files;
  for (int i = 1; i <= count; ++i) {
    files.push_back(
        {Id(i) + "_step.sql", "-- Step.\n--\n-- revision: " + Id(i) +
                                  "\n-- down_revision: " + (i == 1 ? "none" : Id(i - 1)) +
                                  "\n\n-- migrate:up\nSELECT 1;\n\n-- migrate:down\nSELECT 2;\n"});
  }
  return files;
}

StoredRevision StoredStep(const std::string& id, const std::string& parent) {
  StoredRevision stored;
  stored.id = id;
  stored.down_revisions = {parent};
  stored.message = "Step.";
  stored.checksum = "of " + id;
  stored.up_sql = "SELECT 1;";
  stored.down_sql = "SELECT 2;";
  return stored;
}

Source LinearSource(int count) { return LoadSource(LinearFiles(count)).value(); }

Situation::Situation()
    : object{{}, SchemaVersionSpec(), SchemaVersionStatus()},
      observation{kNow, LinearSource(4), DatabaseIdentity{"projects@db:5432", "7"},
                  DatabaseState()} {
  object.metadata.namespace_name = "engineering";
  object.metadata.name = "projects";
  object.metadata.uid = "u-1";
  object.metadata.resource_version = "42";
  object.metadata.generation = 4;
  object.spec->target_revision = "head";
  object.spec->database.secret.name = "projects-db";
  object.spec->migrations.config_maps = {"projects-migrations"};
  observation.database->heads = {"004"};
}

Situation& Situation::Target(const std::string& target) {
  object.spec->target_revision = target;
  return *this;
}
Situation& Situation::Heads(std::vector<std::string> heads) {
  observation.database->heads = std::move(heads);
  return *this;
}
Situation& Situation::Stored(std::vector<StoredRevision> stored) {
  observation.database->stored = std::move(stored);
  return *this;
}
Situation& Situation::Downgrade(DowngradePolicy policy) {
  object.spec->policy.downgrade = policy;
  return *this;
}
Situation& Situation::Source(Result<schemaop::Source> source) {
  observation.source = std::move(source);
  return *this;
}
Situation& Situation::Identity(Error error) {
  observation.identity = Fail(std::move(error));
  return *this;
}
Situation& Situation::Database(Error error) {
  observation.database = Fail(std::move(error));
  return *this;
}

std::string Show(const Decision& decision) {
  if (const auto* advance = std::get_if<Advance>(&decision)) {
    std::string text = "Advance";
    for (const Step& step : advance->plan.steps) {
      text += (step.direction == Direction::kUpgrade ? " +" : " -") + step.revision;
    }
    return text;
  }
  if (const auto* rehearse = std::get_if<RehearseFirst>(&decision)) {
    return "Rehearse " + ShowHeads(rehearse->plan.to);
  }
  const auto words = [](Reason reason, const std::string& message) {
    return std::string(TraitsOf(reason).name) + ": " + message;
  };
  if (const auto* adopt = std::get_if<Adopt>(&decision)) {
    return "Adopt " + ShowHeads(adopt->baseline.revisions);
  }
  if (const auto* settled = std::get_if<Settled>(&decision)) {
    return words(settled->reason, settled->message);
  }
  if (const auto* hold = std::get_if<Hold>(&decision)) return words(hold->reason, hold->message);
  const auto& retry = std::get<Retry>(decision);
  return words(retry.reason, retry.message);
}

}  // namespace schemaop
