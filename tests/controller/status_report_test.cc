#include "controller/status_report.h"

#include <optional>
#include <string>

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
  int patches = 0;

  ApiResult<json> Get(const std::string&, const std::stop_token&) override { return object; }
  ApiResult<json> Create(const std::string&, const json& event, const std::stop_token&) override {
    return event;
  }
  ApiResult<json> Patch(const std::string&, const json& patch, const std::stop_token&) override {
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
    object["metadata"]["resourceVersion"] = "9";
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

TEST_F(StatusReportTest, LeavesAStatusOfANewerSpecAlone) {
  SomebodyElseWrites({{"metadata", {{"generation", 2}}}, {"status", {{"observedGeneration", 2}}}});
  const auto wrote = Report().Write(Migrating, {});
  ASSERT_FALSE(wrote);
  EXPECT_EQ(wrote.error().code, ErrorCode::kConflict);
  EXPECT_EQ(server.object["status"], json({{"observedGeneration", 2}}));
}

}  // namespace
}  // namespace schemaop
