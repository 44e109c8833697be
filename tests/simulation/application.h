// One application in the model world: its SchemaVersion, source, Secret and database, and whoever
// changes them besides the operator.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include <nlohmann/json.hpp>

#include "model_database.h"
#include "model_effects.h"
#include "model_server.h"
#include "policy/observation.h"
#include "project.h"

namespace schemaop::simulation {

class Application {
 public:
  Application(ModelWorld& world, const std::string& name);

  // Creates everything, or what is wanted of it.
  void Apply();

  // One thing that a person or another program does, by chance.
  void ActByChance();

  // Somebody migrates at the very moment at which the operator is about to.
  void Rival();

  // A person corrects whatever is wrong, so that the operator can get to head.
  void RepairEverything();
  // A person says what became of a statement in doubt, when somebody asks for it.
  void SettleDoubts();
  // What may be left in a state that nobody is to blame for ends: the database is up.
  void EndOutages() { database_.up = true; }

  // What an honest observer sees now. REQUIRES: the object exists.
  Observation Observe() const;
  // The object, as a client would read it; nullopt when it does not exist.
  std::optional<SchemaVersion> Object() const;

  const std::string& path() const { return path_; }
  ModelDatabase& database() { return database_; }
  const ModelDatabase& database() const { return database_; }
  const Project& project() const { return project_; }
  const std::string& name() const { return name_; }

 private:
  void EditSpec(const std::function<void(nlohmann::json&)>& edit);
  void EditByChance();
  void EditSourceByChance();
  void EditSecretByChance();
  void RunAlembic(const std::string& target);
  void RunCommandLine(const std::string& target);
  void PutSource();
  void PutSecret(const std::string& password);
  std::string AnyTarget();
  nlohmann::json NewObject();

  ModelWorld& world_;
  std::string name_;
  std::string path_;
  std::string source_path_;
  std::string secret_path_;
  Project project_;
  ModelDatabase database_;
  int passwords_ = 1;
};

}  // namespace schemaop::simulation
