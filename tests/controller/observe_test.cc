#include <chrono>
#include <filesystem>
#include <random>
#include <thread>

#include <gtest/gtest.h>

#include "controller/event_recorder.h"
#include "controller/live_effects.h"
#include "controller/observe_secret.h"
#include "controller/observe_source.h"
#include "process/process.h"
#include "tests/support/apiserver/server_test.h"

namespace schemaop {
namespace {

namespace fs = std::filesystem;
using testing::TempFolder;
using testing::WriteFile;

ConfigMap Map(const std::string& name, std::map<std::string, std::string> data) {
  ConfigMap map;
  map.metadata.name = name;
  map.data = std::move(data);
  return map;
}

TEST(MergeConfigMapsTest, EntriesOfAllAreOneBundle) {
  const auto files = MergeConfigMaps({Map("a", {{"001.sql", "A"}}), Map("b", {{"002.sql", "B"}})});
  ASSERT_TRUE(files);
  ASSERT_EQ(files->size(), 2U);
  EXPECT_EQ((*files)[1].name, "002.sql");
  EXPECT_EQ((*files)[1].text, "B");
}

TEST(MergeConfigMapsTest, FileNameTwiceIsRefusedWithBothConfigMaps) {
  const auto files = MergeConfigMaps({Map("a", {{"001.sql", "A"}}), Map("b", {{"001.sql", "B"}})});
  ASSERT_FALSE(files);
  EXPECT_EQ(
      files.error(),
      (Error{ErrorCode::kInvalid,
             "file \"001.sql\" is in ConfigMap \"a\" and in ConfigMap \"b\"; remove or rename one "
             "of them"}));
}

class ObservedServerTest : public testing::ServerTest {
 protected:
  EventRecorder events_{*client_, Logger(LogLevel::kError)};
  LiveEffects effects_{*client_, events_};
};

TEST_F(ObservedServerTest, WhatIsMissingIsNamedWhenTheServerSaysSoAndNotWhenAProxyDoes) {
  DatabaseSpec database;
  database.secret.name = "db";
  MigrationsSpec migrations;
  migrations.config_maps = {"m"};
  for (const char* kind : {"secrets", "configmaps"}) {
    server_.AddFault({.path_part = kind, .code = 404, .page = "<html>"});
  }
  EXPECT_EQ(ObserveSecret(effects_, "default", database, {}).error(),
            (Error{ErrorCode::kUnavailable,
                   "Secret \"db\": GET /api/v1/namespaces/default/secrets/db: 404, and the answer "
                   "is no Kubernetes Status: \"<html>\""}));
  EXPECT_EQ(ObserveSource(effects_, "default", migrations, {}, {}).source.error(),
            (Error{ErrorCode::kUnavailable,
                   "ConfigMap \"m\": GET /api/v1/namespaces/default/configmaps/m: 404, and the "
                   "answer is no Kubernetes Status: \"<html>\""}));
  EXPECT_EQ(ObserveSecret(effects_, "default", database, {}).error().code, ErrorCode::kNotFound);
  EXPECT_EQ(ObserveSource(effects_, "default", migrations, {}, {}).source.error().code,
            ErrorCode::kNotFound);
}

// A migrations root in which a link leads to the folder of the newest version. A version is there
// before the link leads to it, and is removed when it does not any more.
class SwitchedFolderTest : public ::testing::Test {
 protected:
  static std::vector<SourceFile> FilesOf(const std::string& version) {
    std::vector<SourceFile> files;
    std::string parent = "none";
    for (const std::string id : {"001", "002", "003"}) {
      files.push_back({id + ".sql", "-- " + version + "\n--\n-- revision: " + id +
                                        "\n-- down_revision: " + parent +
                                        "\n\n-- migrate:up\nSELECT 1;\n"});
      parent = id;
    }
    return files;
  }

  void Publish(const std::string& link, int version) {
    const std::string name = "..version" + std::to_string(version);
    fs::create_directory(root() / name);
    for (const SourceFile& file : FilesOf(std::to_string(version))) {
      WriteFile(root() / name / file.name, file.text);
    }
    fs::create_directory_symlink(name, root() / "..new");
    fs::rename(root() / "..new", root() / link);
    fs::remove_all(root() / ("..version" + std::to_string(version - 1)));
  }

  Result<Source> Observe(const std::string& path) {
    MigrationsSpec migrations;
    migrations.path = path;
    return ObserveSource(effects_, "shop", migrations, root(), {}).source;
  }

  // Observes `path` while `link` is switched again and again.
  void ExpectWholeVersions(const std::string& link, const std::string& path) {
    const std::jthread switching([&](const std::stop_token& stop) {
      std::minstd_rand random(1);
      for (int version = 2; !stop.stop_requested(); ++version) {
        std::this_thread::sleep_for(std::chrono::microseconds(random() % 3000));
        Publish(link, version);
      }
    });
    for (int i = 0; i < 500; ++i) {
      const auto source = Observe(path);
      if (!source) {
        ASSERT_EQ(source.error().code, ErrorCode::kUnavailable) << source.error().message;
        ASSERT_EQ(source.error().message,
                  "spec.migrations.path: \"" + path +
                      "\" was switched to another version each time that it was read");
        continue;
      }
      ASSERT_EQ(source->digest, LoadSource(FilesOf(source->graph->Find("001")->message))->digest);
    }
  }

  const fs::path& root() const { return root_.path(); }

 private:
  static std::unique_ptr<KubeClient> MakeClient() {
    KubeConfig config;
    config.server = "http://127.0.0.1:1";
    return *KubeClient::Create(config, {});
  }

  const TempFolder root_;
  const std::unique_ptr<KubeClient> client_ = MakeClient();
  EventRecorder events_{*client_, Logger(LogLevel::kError)};
  LiveEffects effects_{*client_, events_};
};

TEST_F(SwitchedFolderTest, WorktreesOfGitSyncAreReadWhole) {
  Publish("current", 1);
  ExpectWholeVersions("current", "current");
}

TEST_F(SwitchedFolderTest, MountedConfigMapsAreReadWhole) {
  Publish("..data", 1);
  for (const SourceFile& file : FilesOf("1")) {
    fs::create_symlink("..data/" + file.name, root() / file.name);
  }
  ExpectWholeVersions("..data", ".");
}

TEST_F(SwitchedFolderTest, ALinkThatStaysLedToNothingIsNotFound) {
  fs::create_directory_symlink("..version1", root() / "current");
  const auto source = Observe("current");
  ASSERT_FALSE(source);
  EXPECT_EQ(source.error().code, ErrorCode::kNotFound);
}

TEST(OptionsForTest, EverythingTheSpecSaysReachesTheEngine) {
  SchemaVersionSpec spec;
  spec.database = {{"db", {}}, "owner", {"app"}, "v", "s", "l"};
  using std::chrono::milliseconds;
  spec.execution = {ExecutionSpec::TransactionMode::kSingle, milliseconds(7), milliseconds(8),
                    milliseconds(9), milliseconds(10)};
  Dsn dsn;
  dsn.parameters["host"] = "db";
  const DatabaseOptions options = OptionsFor(spec, dsn, LoginRights::kOwner);
  EXPECT_EQ(options.dsn, dsn);
  EXPECT_EQ(options.role, "owner");
  EXPECT_EQ(options.login_rights, LoginRights::kOwner);
  EXPECT_EQ(OptionsFor(spec, dsn, LoginRights::kAny).login_rights, LoginRights::kAny);
  EXPECT_EQ(options.search_path, std::vector<std::string>{"app"});
  EXPECT_EQ(options.version_table, "v");
  EXPECT_EQ(options.version_table_schema, "s");
  EXPECT_EQ(options.ledger_schema, "l");
  EXPECT_EQ(options.transaction_mode, TransactionMode::kSingle);
  EXPECT_EQ(options.lock_timeout, milliseconds(7));
  EXPECT_EQ(options.statement_timeout, milliseconds(8));
  EXPECT_EQ(options.non_transactional_timeout, milliseconds(9));
  EXPECT_EQ(options.retry_budget, milliseconds(10));
}

}  // namespace
}  // namespace schemaop
