#include "runtime/metrics.h"

#include <string>

#include <gtest/gtest.h>

namespace schemaop {
namespace {

using std::chrono::milliseconds;

bool Shows(const Metrics& metrics, const std::string& line) {
  return metrics.Render().find(line + "\n") != std::string::npos;
}

TEST(MetricsTest, CountsRequestsByCodeMethodAndHost) {
  Metrics metrics;
  metrics.CountRequest({"GET", "10.0.0.1:443", 200, milliseconds(3), 0});
  metrics.CountRequest({"GET", "10.0.0.1:443", 200, milliseconds(3), 1});
  metrics.CountRequest({"PATCH", "10.0.0.1:443", 0, milliseconds(3), 0});
  EXPECT_TRUE(Shows(
      metrics, R"(rest_client_requests_total{code="200",host="10.0.0.1:443",method="GET"} 2)"));
  EXPECT_TRUE(
      Shows(metrics,
            R"(rest_client_requests_total{code="<error>",host="10.0.0.1:443",method="PATCH"} 1)"));
  EXPECT_TRUE(
      Shows(metrics,
            R"(rest_client_request_retries_total{code="200",host="10.0.0.1:443",method="GET"} 1)"));
  EXPECT_TRUE(Shows(
      metrics, R"(rest_client_request_duration_seconds_count{host="10.0.0.1:443",verb="GET"} 2)"));
}

TEST(MetricsTest, SetsMovesAndRemovesAGaugeOfItsOwn) {
  Metrics metrics;
  metrics.DeclareGauge("schemaversion_ready", "Whether an object is ready");
  metrics.SetGauge("schemaversion_ready", {{"name", "a"}}, 1);
  metrics.AddToGauge("schemaversion_ready", {{"name", "a"}}, 2);
  EXPECT_TRUE(Shows(metrics, "# HELP schemaversion_ready Whether an object is ready"));
  EXPECT_TRUE(Shows(metrics, R"(schemaversion_ready{name="a"} 3)"));
  metrics.RemoveGauge("schemaversion_ready", {{"name", "a"}});
  EXPECT_FALSE(Shows(metrics, R"(schemaversion_ready{name="a"} 3)"));
}

TEST(MetricsTest, IgnoresANameNobodyDeclaredAndAFamilyOfAnotherType) {
  Metrics metrics;
  metrics.Increment("nonsense_total", {});
  metrics.SetGauge("workqueue_adds_total", {}, 5);
  EXPECT_EQ(metrics.Render().find("nonsense_total"), std::string::npos);
  EXPECT_EQ(metrics.Render().find("workqueue_adds_total{} 5"), std::string::npos);
}

TEST(MetricsTest, TellsAboutTheProcess) {
  const std::string text = Metrics().Render();
  for (const char* name :
       {"process_resident_memory_bytes", "process_virtual_memory_bytes", "process_open_fds",
        "process_max_fds", "process_cpu_seconds_total", "process_start_time_seconds"}) {
    const auto at = text.find(std::string("\n") + name + " ");
    ASSERT_NE(at, std::string::npos) << name;
    EXPECT_NE(text[at + 2 + std::string(name).size()], '-') << name;
  }
}

}  // namespace
}  // namespace schemaop
