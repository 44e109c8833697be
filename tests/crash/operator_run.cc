#include "operator_run.h"

#include <csignal>
#include <stdexcept>
#include <utility>

#include <nlohmann/json.hpp>

#include "world.h"

namespace schemaop::testing {
namespace {

using nlohmann::json;

constexpr const char* kName = "app";
constexpr const char* kGoal = "003";
constexpr std::chrono::milliseconds kQuiet{1500};

std::string Up(const std::string& id) {
  return "CREATE TABLE t" + id + " (n int);\nINSERT INTO harness.applied_log VALUES ('" + id +
         "');" + (id == "002" ? "\nSELECT pg_sleep(0.7);" : "");
}

std::map<std::string, std::string> Files() {
  std::map<std::string, std::string> files;
  std::string parent;
  for (const std::string id : {"001", "002", "003"}) {
    files[id + ".sql"] = RevisionText(id, parent, Up(id), "DROP TABLE t" + id + ";");
    parent = id;
  }
  return files;
}

bool HasStruck(World& world) {
  return world.operator_process().Err().find("schemaop: fault point ") != std::string::npos;
}

bool SaysReady(const json& object) {
  const json ready = ReadyOf(object);
  return ready.is_object() && ready.value("status", "") == "True" &&
         ready.value("observedGeneration", std::int64_t{-1}) ==
             object.at("metadata").at("generation").get<std::int64_t>();
}

}  // namespace

OperatorRunner::OperatorRunner() { World::Start("devcluster"); }
OperatorRunner::~OperatorRunner() { World::End(); }

std::string OperatorRunner::Version() const {
  TestPostgres& server = World::Get().postgres();
  if (server.Query(database_, "SELECT to_regclass('alembic_version') IS NULL") == "t") return "";
  return server.Query(database_, "SELECT string_agg(version_num, ',') FROM alembic_version");
}

void OperatorRunner::Prepare() {
  World& world = World::Get();
  namespace_ = world.CreateNamespace();
  database_ = world.CreateDatabase();
  world.postgres().Query(database_,
                         "CREATE SCHEMA harness; CREATE TABLE harness.applied_log (revision text); "
                         "GRANT USAGE ON SCHEMA harness TO app; GRANT ALL ON harness.applied_log "
                         "TO app");
  world.ApplySecret(namespace_, "db", world.OperatorUrl(database_));
}

MatrixResult OperatorRunner::Run(const FaultOrder& order, std::mt19937& random) {
  MatrixResult result;
  World& world = World::Get();
  Prepare();
  world.EndOperator(SIGTERM);
  world.StartOperator({{"SCHEMAOP_FAULT", order.Text()}});
  world.Apply(SchemaVersionObject(namespace_, kName, "head", Files()));
  Suffer(order, random, result);
  CheckEnd(result);
  world.MustKubectl({"delete", "schemaversion", kName, "-n", namespace_});
  return result;
}

// The dead one's Lease would make the next one wait until it runs out.
void OperatorRunner::Restart() {
  World::Get().EndOperator(SIGKILL);
  World::Get().DeleteLease();
  World::Get().StartOperator();
}

// I4: somebody else tries the same while the operator is stopped, and has to wait, or is first.
void OperatorRunner::UpgradeByHand() const {
  Schemactl schemactl;
  for (const auto& [file, text] : Files()) schemactl.AddRevision(file, text);
  schemactl.UseDatabase(World::Get().OperatorUrl(database_));
  (void)schemactl.Run({"upgrade", "head"});
}

// Meanwhile somebody edits the object, so that the operator meets a conflict when it reports.
void OperatorRunner::Suffer(const FaultOrder& order, std::mt19937& random, MatrixResult& result) {
  World& world = World::Get();
  bool edited = false;
  const auto struck_or_done = [&] {
    if (HasStruck(world)) return true;
    const json object = world.GetObject(namespace_, kName);
    if (!edited && Version() == "001") {
      world.MustKubectl({"annotate", "schemaversion", kName, "-n", namespace_, "edited=yes"});
      edited = true;
    }
    return SaysReady(object);
  };
  WaitForOperator(struck_or_done);
  result.reached = HasStruck(world);
  if (!result.reached) return;
  if (order.action == "kill") {
    Restart();
  } else if (order.action == "stop") {
    CheckStatus(world.GetObject(namespace_, kName), result);
    UpgradeByHand();
    if (random() % 2 == 0) {
      Restart();
    } else {
      world.operator_process().Signal(SIGCONT);
    }
  }
}

// I5: never Ready=True for what is not there.
void OperatorRunner::CheckStatus(const json& object, MatrixResult& result) {
  if (SaysReady(object) && Version() != kGoal) {
    result.violations.push_back("I5: Ready=True while the database is at '" + Version() + "'");
  }
}

void OperatorRunner::CheckEnd(MatrixResult& result) {
  World& world = World::Get();
  try {
    const json object = world.WaitFor(namespace_, kName, "Ready", [&](const json& seen) {
      CheckStatus(seen, result);
      return SaysReady(seen);
    });
    if (object["status"].value("currentRevision", "") != kGoal) {
      result.violations.push_back("I5: status does not name the revision: " +
                                  object["status"].dump());
    }
  } catch (const std::runtime_error& error) {
    result.violations.push_back("I6: does not converge: " + std::string(error.what()));
    return;
  }
  TestPostgres& server = world.postgres();
  const std::string marks = server.Query(
      database_, "SELECT string_agg(revision, ' ' ORDER BY revision) FROM harness.applied_log");
  if (marks != "001 002 003") result.violations.push_back("I1: marks are " + marks);
  if (Version() != kGoal) result.violations.push_back("I2: version row is " + Version());
  const std::string rows = server.Query(
      database_,
      "SELECT string_agg(revision || direction, ' ' ORDER BY sequence) FROM schemaversion.ledger");
  if (rows != "001upgrade 002upgrade 003upgrade") {
    result.violations.push_back("I3: the ledger has " + rows);
  }
  for (const std::string& violation : CheckLedgerOf(server.Url(database_))) {
    result.violations.push_back(violation);
  }
  CheckQuiet(result);
}

// I6: settled, it does not write again and again. The first look is at a status that rests, but one
// last report may still be on its way.
void OperatorRunner::CheckQuiet(MatrixResult& result) {
  World& world = World::Get();
  const auto version = [&] {
    return world.GetObject(namespace_, kName)["metadata"].value("resourceVersion", "");
  };
  std::string last = version();
  WaitUntil([&] { return std::exchange(last, version()) == last; });
  int writes = 0;
  const auto wrote_again = [&] {
    if (std::exchange(last, version()) != last) ++writes;
    return writes > 1;
  };
  if (WaitUntil(wrote_again, kQuiet)) {
    result.violations.push_back("I6: the status is written again and again");
  }
}

}  // namespace schemaop::testing
