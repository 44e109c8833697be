#include "controller/reference_watch.h"

#include <memory>
#include <optional>
#include <stop_token>
#include <string>
#include <thread>

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "process/process.h"
#include "tests/support/apiserver/server_test.h"

namespace schemaop {
namespace {

using nlohmann::json;
using testing::WaitUntil;

// One SchemaVersion, "shop/app", that names Secret "db" and ConfigMap "files", and whatever wakes
// it.
class ReferenceWatchTest : public testing::ServerTest {
 protected:
  ReferenceWatchTest() {
    Create("/api/v1/namespaces",
           {{"apiVersion", "v1"}, {"kind", "Namespace"}, {"metadata", {{"name", "shop"}}}});
    Create(kSecrets, Object("Secret", "db", "one"));
    Create(kConfigMaps, Object("ConfigMap", "files", "one"));
    SchemaVersion object{{}, SchemaVersionSpec(), SchemaVersionStatus()};
    object.spec->database.secret.name = "db";
    object.spec->migrations.config_maps = {"files"};
    object.metadata.namespace_name = "shop";
    object.metadata.name = "app";
    index_.Update(object.metadata.key(), nullptr, &object);
  }

  void Start(ReferenceWatchOptions options) {
    options.namespaces = {"shop"};
    watch_ = std::make_unique<ReferenceWatch>(options, *client_, index_, queue_,
                                              Logger(LogLevel::kError));
    for (const auto& reflector : watch_->reflectors()) {
      threads_.emplace_back(
          [&reflector](std::stop_token stop) { reflector->Run(std::move(stop)); });
      EXPECT_TRUE(WaitUntil([&] { return reflector->HasSynced(); }));
    }
    // What the first list says is known already: every SchemaVersion is visited at the start.
    Drain();
  }

  static json Object(const std::string& kind, const std::string& name, const std::string& value) {
    json object{{"apiVersion", "v1"},
                {"kind", kind},
                {"metadata", {{"name", name}, {"labels", {{"watched", "yes"}}}}}};
    object[kind == "Secret" ? "stringData" : "data"] = {{"value", value}};
    return object;
  }

  void Create(const std::string& path, const json& object) {
    const auto created = client_->Create(path, object, {});
    ASSERT_TRUE(created.has_value()) << created.error().error.message;
  }
  void Patch(const std::string& path, const json& patch) {
    const auto patched = client_->Patch(path, PatchType::kMerge, patch, {});
    ASSERT_TRUE(patched.has_value()) << patched.error().error.message;
  }

  void Drain() {
    while (queue_.Depth() > 0) {
      const auto key = queue_.Get({});
      queue_.Done(*key);
    }
  }
  // Waits for the SchemaVersion to be in the queue, and takes it out.
  bool IsWoken() {
    const bool woken = WaitUntil([&] { return queue_.Depth() > 0; });
    Drain();
    return woken;
  }

  static constexpr const char* kSecrets = "/api/v1/namespaces/shop/secrets";
  static constexpr const char* kConfigMaps = "/api/v1/namespaces/shop/configmaps";

  ReferenceIndex index_;
  WorkQueue queue_;
  std::unique_ptr<ReferenceWatch> watch_;
  std::vector<std::jthread> threads_;
};

TEST_F(ReferenceWatchTest, WakesDependentsOfWhatChangesAppearsAndGoes) {
  Start({.kinds = {ReferenceKind::kSecret, ReferenceKind::kConfigMap},
         .label_selector = {},
         .namespaces = {}});
  EXPECT_EQ(watch_->reflectors().size(), 2);
  Patch(std::string(kSecrets) + "/db", {{"stringData", {{"value", "two"}}}});
  EXPECT_TRUE(IsWoken());
  Patch(std::string(kConfigMaps) + "/files", {{"data", {{"value", "two"}}}});
  EXPECT_TRUE(IsWoken());
  // Nobody names it; the next event shows that its own has passed.
  Create(kSecrets, Object("Secret", "other", "one"));
  Patch(std::string(kSecrets) + "/db", {{"stringData", {{"value", "three"}}}});
  EXPECT_TRUE(IsWoken());
  EXPECT_EQ(queue_.Depth(), 0);
}

TEST_F(ReferenceWatchTest, WakesNobodyForWhatARelistFindsUnchanged) {
  Start({.kinds = {ReferenceKind::kSecret}, .label_selector = {}, .namespaces = {}});
  server_.Compact();
  Patch(std::string(kConfigMaps) + "/files", {{"data", {{"value", "two"}}}});
  Create(kSecrets, Object("Secret", "late", "one"));
  SchemaVersion other{{}, SchemaVersionSpec(), SchemaVersionStatus()};
  other.spec->database.secret.name = "late";
  other.metadata.namespace_name = "shop";
  other.metadata.name = "late";
  index_.Update(other.metadata.key(), nullptr, &other);
  Patch(std::string(kSecrets) + "/late", {{"stringData", {{"value", "two"}}}});
  ASSERT_TRUE(WaitUntil([&] { return queue_.Depth() > 0; }));
  const auto key = queue_.Get({});
  EXPECT_EQ(key->name, "late");
  queue_.Done(*key);
}

TEST_F(ReferenceWatchTest, SeesOnlyWhatTheSelectorNames) {
  Start({.kinds = {ReferenceKind::kSecret}, .label_selector = "watched=yes", .namespaces = {}});
  // To the watch, an object that loses the label goes.
  Patch(std::string(kSecrets) + "/db", {{"metadata", {{"labels", {{"watched", "no"}}}}}});
  EXPECT_TRUE(IsWoken());
  Patch(std::string(kSecrets) + "/db", {{"stringData", {{"value", "two"}}}});
  Patch(std::string(kSecrets) + "/db", {{"metadata", {{"labels", {{"watched", "yes"}}}}}});
  EXPECT_TRUE(IsWoken());
}

TEST_F(ReferenceWatchTest, WatchesNothingUnlessAsked) {
  Start({});
  EXPECT_TRUE(watch_->reflectors().empty());
}

}  // namespace
}  // namespace schemaop
