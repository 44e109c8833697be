#include "controller/reconciler.h"

#include <chrono>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

namespace schemaop {
namespace {

using nlohmann::json;
using std::chrono::seconds;

const std::string kLabel = "projects@db:5432";
const ObjectKey kKey{"engineering", "projects"};

std::string RevisionText(const std::string& id, const std::string& parent) {
  return "-- Step.\n--\n-- revision: " + id + "\n-- down_revision: " + parent +
         "\n\n-- migrate:up\nSELECT 1;\n\n-- migrate:down\nSELECT 2;\n";
}

// One object with its source and Secret, and a database that has no SQL.
class SmallWorld : public Effects {
 public:
  json object{
      {"metadata",
       {{"name", "projects"},
        {"namespace", "engineering"},
        {"uid", "u-1"},
        {"resourceVersion", "1"},
        {"generation", 1}}},
      {"spec",
       {{"targetRevision", "head"},
        {"database", {{"secretRef", {{"name", "projects-db"}}}}},
        {"migrations", {{"configMaps", json::array({{{"name", "projects-migrations"}}})}}}}}};
  json files{{"001.sql", RevisionText("001", "none")}, {"002.sql", RevisionText("002", "001")}};
  std::string unread;  // what of them the API server cannot give now: the end of a path
  DatabaseState state;
  // What comparing the schema answers, also right after a run; nullopt: somebody else migrates.
  std::optional<Result<DriftFinding>> drift = DriftFinding();
  std::optional<Result<DriftFinding>> drift_after_run = DriftFinding();
  int questions = 0;  // asked about drift, those of runs not counted
  int patches = 0;
  std::vector<std::string> events;  // their reasons
  seconds elapsed{0};
  std::stop_source stopping;  // what every visit is given
  // What a rehearsal answers; nullopt: the program is told to stop in the middle of it.
  std::optional<Result<RehearsalReport>> rehearsed = Fail(ErrorCode::kInternal, "not asked here");

  ApiResult<json> Get(const std::string& path, const std::stop_token&) override {
    if (!unread.empty() && path.ends_with(unread)) {
      return tl::unexpected(ApiError{
          .http_status = 500, .error = {ErrorCode::kUnavailable, "etcdserver: leader changed"}});
    }
    if (path.ends_with("/configmaps/projects-migrations")) {
      return json{{"metadata", {{"name", "projects-migrations"}}}, {"data", files}};
    }
    if (path.ends_with("/secrets/projects-db")) {
      // postgresql://app@db/projects?sslmode=disable
      return json{
          {"metadata", {{"name", "projects-db"}, {"resourceVersion", "7"}}},
          {"data", {{"url", "cG9zdGdyZXNxbDovL2FwcEBkYi9wcm9qZWN0cz9zc2xtb2RlPWRpc2FibGU="}}}};
    }
    return object;
  }
  ApiResult<json> Create(const std::string&, const json& event, const std::stop_token&) override {
    events.push_back(event["reason"]);
    return event;
  }
  ApiResult<json> Patch(const std::string&, const json& patch,
                        const std::stop_token& stop) override {
    if (stop.stop_requested()) {
      return tl::unexpected(ApiError{.error = {ErrorCode::kCancelled, "stopped"}});
    }
    ++patches;
    object["status"].merge_patch(patch["status"]);
    object["metadata"]["resourceVersion"] = std::to_string(patches + 1);
    return object;
  }

  Result<DatabaseState> ObserveDatabase(const DatabaseOptions&, const RevisionGraph&,
                                        const std::stop_token&) override {
    return state;
  }
  Result<DatabaseSight> ObserveWithDrift(const DatabaseOptions&, const RevisionGraph&,
                                         const std::optional<DriftQuestion>& question,
                                         const std::stop_token&) override {
    if (!question) return DatabaseSight{state, std::nullopt};
    ++questions;
    return DatabaseSight{state, drift};
  }
  Result<std::optional<DriftFinding>> FindDrift(const DatabaseOptions&, const DriftQuestion&,
                                                const std::stop_token&) override {
    if (!drift_after_run) return std::nullopt;
    if (!*drift_after_run) return Fail(drift_after_run->error());
    return **drift_after_run;
  }
  RunReport Migrate(const DatabaseOptions&, const RevisionGraph&, const Planner& plan, const Actor&,
                    const Tell&, const std::stop_token&) override {
    RunReport report;
    const Plan planned = plan(state).value();
    for (const Step& step : planned.steps) {
      const auto sequence = static_cast<std::int64_t>(state.ledger.size()) + 1;
      state.heads = step.heads_after;
      report.applied.push_back({sequence, step.revision, step.direction, Now(), {}});
      state.ledger.push_back(
          {sequence, step.revision, step.direction, "", FormatRfc3339(Now()), "1ms"});
    }
    report.heads = state.heads;
    return report;
  }
  RunReport Stamp(const DatabaseOptions&, const StampPlanner& plan, const Actor&,
                  const std::stop_token&) override {
    RunReport report;
    state.heads = plan(state)->to;
    state.has_version_table = state.has_ledger = true;
    report.heads = state.heads;
    return report;
  }
  Result<CheckReport> RunChecks(const DatabaseOptions&, const CheckList&,
                                const std::stop_token&) override {
    return Fail(ErrorCode::kInternal, "not asked here");
  }
  Result<RehearsalReport> Rehearse(const RehearsalRequest&, const std::stop_token&) override {
    if (rehearsed) return *rehearsed;
    stopping.request_stop();
    return Fail(ErrorCode::kCancelled, "stopped");
  }
  Time Now() override { return Time(std::chrono::hours(500000)) + elapsed; }
  Steady::time_point SteadyNow() override { return Steady::time_point(elapsed); }
};

class ReconcilerTest : public ::testing::Test {
 protected:
  // What a person writes.
  void Edit(const json& spec) {
    world_.object["spec"].merge_patch(spec);
    world_.object["metadata"]["generation"] =
        world_.object["metadata"]["generation"].get<int>() + 1;
  }
  void Request(const std::string& value) {
    world_.object["metadata"]["annotations"]["schemaversion.io/requestedAt"] = value;
  }

  ReconcileResult Visit() {
    store_.untyped().Put(kKey, std::make_shared<const KeptSchemaVersion>(*keep_(world_.object)));
    return reconciler_.Reconcile(kKey, world_.stopping.get_token());
  }
  // "True UpToDate".
  std::string Says(const std::string& type = "Ready") const {
    for (const json& condition : world_.object["status"]["conditions"]) {
      if (condition["type"] != type) continue;
      return condition["status"].get<std::string>() + " " + condition["reason"].get<std::string>();
    }
    return "none";
  }
  std::string Message() const {
    for (const json& condition : world_.object["status"]["conditions"]) {
      if (condition["type"] == "Ready") return condition["message"];
    }
    return "none";
  }
  // The reasons of the events since this was asked last.
  std::vector<std::string> NewEvents() { return std::exchange(world_.events, {}); }

  // Another object's visit works on the database until it is reset.
  std::unique_ptr<Turns::Visit> AnotherWorks() {
    auto visit = std::make_unique<Turns::Visit>(turns_, ObjectKey{"engineering", "another"});
    EXPECT_FALSE(visit->Take({{kLabel, 1}}, world_.SteadyNow()));
    return visit;
  }
  // Visits while another object works on the database, long enough to be worth telling.
  void VisitWhileAnotherWorks() {
    const auto another = AnotherWorks();
    (void)Visit();
    world_.elapsed += seconds(30);
    again_ = Visit();
    world_.elapsed += seconds(30);
    again_ = Visit();
  }

  SmallWorld world_;
  Store<KeptSchemaVersion> store_;
  Metrics metrics_;
  Turns turns_{[](const ObjectKey&) {}};
  std::function<Result<KeptSchemaVersion>(const json&)> keep_ = SchemaVersionKeeper();
  ReconcileResult again_;
  SchemaVersionReconciler reconciler_{
      {{}, "pod-0", "0", &turns_, std::nullopt, LoginRights::kOwner},
      world_,
      store_,
      metrics_,
      Logger(LogLevel::kError)};
};

TEST_F(ReconcilerTest, StepsBehindAWaitForTheTurnAreNewsAndThoseBeforeItAreNot) {
  world_.state.heads = {"001"};
  world_.state.ledger = {{1, "001", Direction::kUpgrade, "", "2026-11-22T08:00:00Z", "1ms"}};
  VisitWhileAnotherWorks();
  EXPECT_EQ(Says(), "False WaitingForLock");
  NewEvents();
  (void)Visit();
  EXPECT_EQ(Says(), "True UpToDate");
  EXPECT_EQ(NewEvents(),
            (std::vector<std::string>{"MigrationStarted", "RevisionApplied", "UpToDate"}));
}

TEST_F(ReconcilerTest, AKindToExcludeThatDoesNotExistIsSaidWithoutALookAtTheDatabase) {
  Edit({{"policy", {{"driftExclude", json::array({"tables:public.tmp_*"})}}}});
  (void)Visit();
  EXPECT_EQ(Says(), "False SpecInvalid");
  EXPECT_EQ(Says("Stalled"), "True SpecInvalid");
  EXPECT_EQ(world_.questions, 0);
  EXPECT_FALSE(world_.object["status"].contains("pending"));
  Edit({{"policy", {{"driftExclude", json::array({"table:public.tmp_*"})}}}});
  (void)Visit();
  EXPECT_EQ(Says(), "True UpToDate");
}

TEST_F(ReconcilerTest, ASnapshotThatABaselineLeftIsComparedAtTheNextVisit) {
  world_.state.has_user_tables = true;
  world_.drift = DriftFinding{.kind = DriftFinding::Kind::kNoSnapshot};
  (void)Visit();
  EXPECT_EQ(Says("Drifted"), "Unknown NoSnapshot");
  Edit({{"baseline", "002"}});
  (void)Visit();
  world_.drift = DriftFinding();
  (void)Visit();
  EXPECT_EQ(Says(), "True UpToDate");
  EXPECT_EQ(Says("Drifted"), "False SchemaMatches");
}

TEST_F(ReconcilerTest, ASchemaThatCouldNotBeComparedAfterARunIsComparedAtTheNextVisit) {
  const std::vector<std::optional<Result<DriftFinding>>> answers = {
      std::nullopt, Fail(ErrorCode::kUnavailable, "the connection was lost")};
  for (const auto& answer : answers) {
    Edit(json::object());
    world_.state = {};
    world_.drift = DriftFinding{.kind = DriftFinding::Kind::kNoSnapshot};
    world_.drift_after_run = answer;
    (void)Visit();
    EXPECT_TRUE(Says("Drifted").starts_with("Unknown"));
    world_.drift = DriftFinding();
    EXPECT_EQ(Says(), "True UpToDate");
    world_.elapsed += seconds(30);
    (void)Visit();
    EXPECT_EQ(Says("Drifted"), "False SchemaMatches");
    // Once more is not worth a connection before the interval is over.
    const int questions = world_.questions;
    world_.elapsed += seconds(30);
    (void)Visit();
    EXPECT_EQ(world_.questions, questions);
  }
}

TEST_F(ReconcilerTest, ASettledObjectStaysSoWhenItsSecretOrConfigMapCannotBeReadForAWhile) {
  world_.state.heads = {"002"};
  (void)Visit();
  ASSERT_EQ(Says(), "True UpToDate");
  NewEvents();
  for (const std::string what : {"/secrets/projects-db", "/configmaps/projects-migrations"}) {
    const int patches = world_.patches;
    world_.elapsed += seconds(30);
    world_.unread = what;
    again_ = Visit();
    EXPECT_EQ(world_.patches, patches) << what;
    ASSERT_TRUE(std::holds_alternative<RequeueWithBackoff>(again_)) << what;
    EXPECT_THAT(std::get<RequeueWithBackoff>(again_).reason,
                testing::HasSubstr("etcdserver: leader changed"));
    EXPECT_EQ(NewEvents(), std::vector<std::string>()) << what;
    world_.unread.clear();
    EXPECT_TRUE(std::holds_alternative<RequeueAfter>(Visit()));
    EXPECT_EQ(world_.patches, patches) << what;
  }
  // What was found so long ago is no word on now.
  world_.elapsed += seconds(600);
  world_.unread = "/secrets/projects-db";
  (void)Visit();
  EXPECT_EQ(Says(), "False Retrying");
}

TEST_F(ReconcilerTest, ASettledObjectWithANewRequestSaysThatItsSecretCannotBeRead) {
  world_.state.heads = {"002"};
  (void)Visit();
  Request("now");
  world_.unread = "/secrets/projects-db";
  (void)Visit();
  EXPECT_EQ(Says(), "False Retrying");
}

TEST_F(ReconcilerTest, ARehearsalThatIsCutOffByAStopIsToldAndMadeAgain) {
  Edit({{"policy", {{"requireRehearsal", true}}}});
  world_.rehearsed = std::nullopt;
  (void)Visit();
  EXPECT_EQ(Says(), "False Retrying");
  EXPECT_EQ(Message(),
            "the operator was told to stop in the middle of a rehearsal; it is made again when the "
            "operator runs again");
  world_.stopping = std::stop_source();
  world_.rehearsed = RehearsalReport();
  (void)Visit();
  (void)Visit();
  EXPECT_EQ(Says(), "True UpToDate");
}

TEST_F(ReconcilerTest, ASettledObjectStaysSoWhileAnotherWorksOnItsDatabase) {
  world_.state.heads = {"002"};
  (void)Visit();
  world_.elapsed += seconds(3600);
  const int patches = world_.patches;
  VisitWhileAnotherWorks();
  EXPECT_EQ(world_.patches, patches);
  EXPECT_EQ(Says(), "True UpToDate");
  EXPECT_TRUE(std::holds_alternative<RequeueAfter>(again_)) << "its source may change meanwhile";
}

TEST_F(ReconcilerTest, ASettledObjectWithAnotherSourceOrRequestIsSaidToWaitForItsTurn) {
  const std::vector<std::function<void()>> changes = {
      [&] { world_.files["003.sql"] = RevisionText("003", "002"); }, [&] { Request("now"); }};
  for (const auto& change : changes) {
    (void)Visit();
    ASSERT_EQ(Says(), "True UpToDate");
    change();
    VisitWhileAnotherWorks();
    EXPECT_EQ(Says(), "False WaitingForLock");
  }
}

TEST_F(ReconcilerTest, AHeldObjectIsNotRewrittenWhileAnotherWorksOnItsDatabase) {
  world_.state.heads = {"002"};
  Edit({{"targetRevision", "001"}});
  (void)Visit();
  ASSERT_EQ(Says(), "False AwaitingApproval");
  int patches = world_.patches;
  VisitWhileAnotherWorks();
  EXPECT_EQ(world_.patches, patches);
  EXPECT_TRUE(std::holds_alternative<RequeueAfter>(again_));

  Edit({{"targetRevision", "404"}});
  (void)Visit();
  ASSERT_EQ(Says(), "False TargetNotFound");
  ASSERT_EQ(Says("Stalled"), "True TargetNotFound");
  patches = world_.patches;
  VisitWhileAnotherWorks();
  EXPECT_EQ(world_.patches, patches);
  (void)Visit();
  Request("now");
  VisitWhileAnotherWorks();
  EXPECT_EQ(Says(), "False WaitingForLock");
}

TEST_F(ReconcilerTest, AnObjectWhoseSourceWasCorrectedIsSaidToWaitForItsTurn) {
  world_.state.heads = {"002"};
  (void)Visit();
  const json good = std::exchange(world_.files, {{"001.sql", "nonsense"}});
  (void)Visit();
  ASSERT_EQ(Says(), "False SourceInvalid");
  world_.files = good;
  VisitWhileAnotherWorks();
  EXPECT_EQ(Says(), "False WaitingForLock");
}

}  // namespace
}  // namespace schemaop
