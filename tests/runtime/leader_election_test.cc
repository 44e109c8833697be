#include "runtime/leader_election.h"

#include <algorithm>
#include <atomic>
#include <chrono>
#include <thread>

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "api/lease.h"
#include "process/process.h"
#include "tests/support/apiserver/server_test.h"

namespace schemaop {
namespace {

using nlohmann::json;
using std::chrono::milliseconds;
using std::chrono::seconds;
using testing::WaitUntil;

constexpr const char* kPath = "/apis/coordination.k8s.io/v1/namespaces/default/leases/op";

// One candidate on a thread of its own; whether it leads and how it ended.
class Replica {
 public:
  Replica(const std::string& url, const std::string& identity, LeaseTiming timing)
      : client_(MakeClient(url, timing)),
        election_(Options(identity, timing), *client_, metrics_, Logger(LogLevel::kError)),
        thread_([this](const std::stop_token& stop) {
          const auto ended = election_.Run(
              [this](const std::stop_token& leading) {
                ++terms_;
                while (!leading.stop_requested()) std::this_thread::sleep_for(milliseconds(1));
                while (hang_) std::this_thread::sleep_for(milliseconds(1));
              },
              stop);
          if (!ended) error_ = ended.error().message;
          over_ = true;
        }) {}

  bool Leads() const { return election_.Leads(); }
  bool CheckRenewal(BootClock::time_point now) const {
    return election_.CheckRenewal(now).has_value();
  }
  int terms() const { return terms_; }
  bool over() const { return over_; }
  bool expired() const { return expired_; }
  void Hang(bool hang) { hang_ = hang; }
  void Stop() {
    thread_.request_stop();
    thread_.join();
  }
  // REQUIRES: over().
  const std::string& error() const { return error_; }

 private:
  static std::unique_ptr<KubeClient> MakeClient(const std::string& url, LeaseTiming timing) {
    KubeConfig config;
    config.server = url;
    KubeClientOptions options;
    options.deadline = LeaseCallDeadline(timing);
    return *KubeClient::Create(config, options);
  }

  LeaderElectionOptions Options(const std::string& identity, LeaseTiming timing) {
    return {{"default", "op"}, identity, timing, [this] { expired_ = true; }};
  }

  Metrics metrics_;
  std::unique_ptr<KubeClient> client_;
  std::atomic<int> terms_ = 0;
  std::atomic<bool> over_ = false;
  std::atomic<bool> expired_ = false;
  std::atomic<bool> hang_ = false;
  std::string error_;
  LeaderElection election_;
  std::jthread thread_;
};

class LeaderElectionTest : public testing::ServerTest {
 protected:
  void SetUp() override {
    // The HTTP library makes a static table at its first request. It is not built with
    // ThreadSanitizer, which would take first requests at the same moment for a race on it.
    ASSERT_TRUE(client_->Get("/version", {}));
  }

  std::unique_ptr<Replica> Start(const std::string& identity, LeaseTiming timing = kQuick) {
    return std::make_unique<Replica>(server_.url(), identity, timing);
  }

  LeaseRecord Record() {
    const auto object = client_->Get(kPath, {});
    return object ? ParseLease(*object)->record : LeaseRecord();
  }

  // Long enough for a slow machine, short enough for a test.
  static constexpr LeaseTiming kQuick{seconds(4), seconds(3), milliseconds(100)};
};

TEST_F(LeaderElectionTest, ALeaderWhoseLeaseIsLongOverIsUnhealthy) {
  const auto leader = Start("leader");
  ASSERT_TRUE(WaitUntil([&] { return leader->Leads(); }));
  const auto waiting = Start("waiting");
  const auto now = BootClock::now();
  EXPECT_TRUE(leader->CheckRenewal(now + kQuick.duration + seconds(19)));
  EXPECT_FALSE(leader->CheckRenewal(now + kQuick.duration + seconds(60)));
  EXPECT_TRUE(waiting->CheckRenewal(now + kQuick.duration + seconds(60)));
}

TEST_F(LeaderElectionTest, TheFirstLeadsAndTheSecondTakesOverWhenItEnds) {
  const auto first = Start("first");
  ASSERT_TRUE(WaitUntil([&] { return first->Leads(); }));
  const auto second = Start("second");
  first->Stop();
  EXPECT_EQ(first->error(), "");
  ASSERT_TRUE(WaitUntil([&] { return second->Leads(); }));
  EXPECT_FALSE(first->Leads());
  EXPECT_EQ(Record().holder, "second");
  EXPECT_EQ(Record().transitions, 1);
  second->Stop();
  EXPECT_EQ(Record().holder, "");
  EXPECT_EQ(Record().duration, seconds(1));
}

TEST_F(LeaderElectionTest, ALeaseLeftByADeadLeaderIsTakenWhenItIsOver) {
  const LeaseRecord dead{"dead", seconds(1), Time(), Time(), 7};
  ASSERT_TRUE(client_->Create("/apis/coordination.k8s.io/v1/namespaces/default/leases",
                              NewLease({"default", "op"}, dead), {}));
  const auto replica = Start("new");
  ASSERT_TRUE(WaitUntil([&] { return replica->Leads(); }));
  EXPECT_EQ(Record().transitions, 8);
  EXPECT_EQ(Record().duration, seconds(4));
}

TEST_F(LeaderElectionTest, ADeletedLeaseIsMadeAgainByItsLeader) {
  const auto replica = Start("only");
  ASSERT_TRUE(WaitUntil([&] { return replica->Leads(); }));
  const LeaseRecord before = Record();
  testing::Run({.arguments = {"curl", "-s", "-X", "DELETE", server_.url() + kPath}});
  ASSERT_TRUE(WaitUntil([&] { return Record().holder == "only" && Record() != before; }));
  EXPECT_TRUE(replica->Leads());
  EXPECT_EQ(replica->terms(), 1);
}

TEST_F(LeaderElectionTest, ALeaseInAnothersNameEndsTheTerm) {
  const auto replica = Start("only");
  ASSERT_TRUE(WaitUntil([&] { return replica->Leads(); }));
  ASSERT_TRUE(
      client_->Patch(kPath, PatchType::kMerge, {{"spec", {{"holderIdentity", "usurper"}}}}, {}));
  ASSERT_TRUE(WaitUntil([&] { return replica->over(); }));
  EXPECT_EQ(replica->error(), "leadership lost: the lease is held by usurper");
  EXPECT_FALSE(replica->Leads());
  EXPECT_EQ(Record().holder, "usurper");
}

TEST_F(LeaderElectionTest, ALeaderWhoCannotRenewStopsBeforeItsLeaseIsOver) {
  const auto replica = Start("only");
  ASSERT_TRUE(WaitUntil([&] { return replica->Leads(); }));
  server_.Stop();
  ASSERT_TRUE(WaitUntil([&] { return replica->over(); }));
  EXPECT_EQ(replica->error(), "leadership lost: it could not be renewed for 3s");
  EXPECT_FALSE(replica->expired());
}

TEST_F(LeaderElectionTest, WorkThatDoesNotEndInTimeEndsTheProcess) {
  const auto replica = Start("only");
  ASSERT_TRUE(WaitUntil([&] { return replica->Leads(); }));
  replica->Hang(true);
  server_.Stop();
  EXPECT_TRUE(WaitUntil([&] { return replica->expired(); }));
  EXPECT_FALSE(replica->over());
  replica->Hang(false);
  ASSERT_TRUE(WaitUntil([&] { return replica->over(); }));
}

TEST_F(LeaderElectionTest, OfManyExactlyOneLeads) {
  std::vector<std::unique_ptr<Replica>> replicas;
  for (int i = 0; i < 5; ++i) replicas.push_back(Start("replica-" + std::to_string(i)));
  const auto leaders = [&] {
    return std::count_if(replicas.begin(), replicas.end(),
                         [](const auto& replica) { return replica->Leads(); });
  };
  while (!replicas.empty()) {
    ASSERT_TRUE(WaitUntil([&] { return leaders() == 1; }));
    const auto leader = std::find_if(replicas.begin(), replicas.end(),
                                     [](const auto& replica) { return replica->Leads(); });
    (*leader)->Stop();
    EXPECT_EQ((*leader)->terms(), 1);
    replicas.erase(leader);
    EXPECT_LE(leaders(), 1);
  }
}

}  // namespace
}  // namespace schemaop
