#include "controller/status_report.h"

#include <optional>
#include <string>
#include <utility>

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "policy/reason.h"

namespace schemaop {
namespace {

using nlohmann::json;

// One object, which somebody else changes before the first patch arrives.
class ContestedServer : public Effects {
 public:
  json object{{"metadata",
               {{"name", "orders"},
                {"namespace", "shop"},
                {"uid", "u"},
                {"resourceVersion", "1"},
                {"generation", 1}}}};
  std::optional<json> before_patch;
  bool loses_answer = false;  // of the next patch, which it takes
  int lost_as = 0;            // the status that comes instead; 0: none
  bool down = false;          // no patch arrives
  int patches = 0;
  int events = 0;

  static ApiError Lost(int http_status) {
    ApiError lost;
    lost.http_status = http_status;
    lost.error = {ErrorCode::kUnavailable, "the connection was lost"};
    return lost;
  }
  ApiResult<json> Get(const std::string&, const std::stop_token&) override { return object; }
  ApiResult<json> Create(const std::string&, const json& event, const std::stop_token&) override {
    ++events;
    return event;
  }
  ApiResult<json> Patch(const std::string&, const json& patch, const std::stop_token&) override {
    if (down) return tl::unexpected(Lost(0));
    ++patches;
    if (before_patch) object.merge_patch(*before_patch);
    before_patch.reset();
    if (patch["metadata"]["resourceVersion"] != object["metadata"]["resourceVersion"]) {
      ApiError conflict;
      conflict.http_status = 409;
      conflict.error = {ErrorCode::kConflict, "the object has been modified"};
      return tl::unexpected(conflict);
    }
    object["status"].merge_patch(patch["status"]);
    object["metadata"]["resourceVersion"] = std::to_string(patches + 8);
    if (std::exchange(loses_answer, false)) {
      return tl::unexpected(Lost(lost_as));
    }
    return object;
  }

  Result<DatabaseState> ObserveDatabase(const DatabaseOptions&, const RevisionGraph&,
                                        const std::stop_token&) override {
    return Fail(ErrorCode::kInternal, "not asked here");
  }
  RunReport Migrate(const DatabaseOptions&, const RevisionGraph&, const Planner&, const Actor&,
                    const Tell&, const std::stop_token&) override {
    return {};
  }
  RunReport Stamp(const DatabaseOptions&, const StampPlanner&, const Actor&,
                  const std::stop_token&) override {
    return {};
  }
  Result<CheckReport> RunChecks(const DatabaseOptions&, const CheckList&,
                                const std::stop_token&) override {
    return Fail(ErrorCode::kInternal, "not asked here");
  }
  Result<RehearsalReport> Rehearse(const RehearsalRequest&, const std::stop_token&) override {
    return Fail(ErrorCode::kInternal, "not asked here");
  }
  Time Now() override { return {}; }
  Steady::time_point SteadyNow() override { return {}; }
};

class StatusReportTest : public ::testing::Test {
 protected:
  StatusReportTest() { DeclareReportMetrics(metrics); }

  StatusReport Report() {
    return StatusReport({server, events, metrics, logger}, *ParseSchemaVersion(server.object));
  }

  // Of the generation that was decided on.
  static SchemaVersionStatus Migrating(const SchemaVersion& object) {
    SchemaVersionStatus status = object.status;
    status.observed_generation = object.metadata.generation;
    status.current_revision = "001";
    return status;
  }

  // A status that tells of so many steps.
  static StatusReport::StatusOf TellOf(std::int64_t count) {
    return [count](const SchemaVersion& seen) {
      SchemaVersionStatus status = Migrating(seen);
      status.history.clear();
      for (std::int64_t i = 1; i <= count; ++i) {
        status.history.push_back({i, "00" + std::to_string(i), "Upgrade", {}, "1ms"});
      }
      status.last_applied = status.history.back();
      return status;
    };
  }

  void SomebodyElseWrites(const json& what) {
    server.before_patch = what;
    (*server.before_patch)["metadata"]["resourceVersion"] = "2";
  }

  ContestedServer server;
  Metrics metrics;
  Logger logger{LogLevel::kError};
  EventPoster events{server, "pod-0", logger};
};

TEST_F(StatusReportTest, WritesOverAForeignLabel) {
  SomebodyElseWrites({{"metadata", {{"labels", {{"team", "blue"}}}}}});
  EXPECT_TRUE(Report().Announce(Migrating, {}));
  EXPECT_EQ(server.patches, 2);
  EXPECT_EQ(server.object["status"]["currentRevision"], "001");
}

TEST_F(StatusReportTest, AnnouncesNothingForASpecThatIsAnotherByNow) {
  SomebodyElseWrites({{"metadata", {{"generation", 2}}}});
  const auto announced = Report().Announce(Migrating, {});
  ASSERT_FALSE(announced);
  EXPECT_EQ(announced.error(), (Error{ErrorCode::kConflict, "the spec is another by now"}));
  EXPECT_FALSE(server.object.contains("status"));
}

TEST_F(StatusReportTest, TellsWhatWasDoneForTheSpecBefore) {
  SomebodyElseWrites({{"metadata", {{"generation", 2}}}});
  EXPECT_TRUE(Report().Write(Migrating, {}));
  EXPECT_EQ(server.object["status"]["observedGeneration"], 1);
}

// Its history would be lost: this visit looked at the database before that step.
TEST_F(StatusReportTest, LeavesAStatusAloneThatTellsOfAStepOfAnotherProcess) {
  SomebodyElseWrites({{"status",
                       {{"lastApplied",
                         {{"sequence", 7},
                          {"revision", "003"},
                          {"direction", "Downgrade"},
                          {"at", "2026-11-27T12:00:00Z"},
                          {"duration", "1s"}}}}}});
  const auto wrote = Report().Write(Migrating, {});
  ASSERT_FALSE(wrote);
  EXPECT_EQ(wrote.error(), (Error{ErrorCode::kConflict, "another process tells of a step by now"}));
  EXPECT_EQ(server.patches, 1);
  EXPECT_EQ(server.object["status"]["lastApplied"]["revision"], "003");
}

TEST_F(StatusReportTest, PostsTheEventsOfAPatchWhoseAnswerWasLost) {
  for (const int http_status : {0, 504}) {
    server = ContestedServer();
    StatusReport report = Report();
    EXPECT_TRUE(report.Write(Migrating, {}));
    server.loses_answer = true;
    server.lost_as = http_status;
    EXPECT_FALSE(report.Write(TellOf(1), {}));
    EXPECT_TRUE(report.Write(TellOf(2), {})) << http_status;
    EXPECT_EQ(server.events, 2) << http_status;
  }
}

TEST_F(StatusReportTest, KnowsItsOwnPatchBehindOnesThatNeverArrived) {
  StatusReport report = Report();
  EXPECT_TRUE(report.Write(Migrating, {}));
  server.loses_answer = true;
  EXPECT_FALSE(report.Write(TellOf(1), {}));
  server.down = true;
  EXPECT_FALSE(report.Write(TellOf(2), {}));
  server.down = false;
  EXPECT_TRUE(report.Write(TellOf(3), {}));
  EXPECT_EQ(server.events, 3);
}

TEST_F(StatusReportTest, LeavesAStatusOfANewerSpecAlone) {
  SomebodyElseWrites({{"metadata", {{"generation", 2}}}, {"status", {{"observedGeneration", 2}}}});
  const auto wrote = Report().Write(Migrating, {});
  ASSERT_FALSE(wrote);
  EXPECT_EQ(wrote.error().code, ErrorCode::kConflict);
  EXPECT_EQ(server.object["status"], json({{"observedGeneration", 2}}));
}

}  // namespace
}  // namespace schemaop
