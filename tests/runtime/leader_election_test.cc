#include "runtime/leader_election.h"

#include <algorithm>
#include <atomic>
#include <chrono>
#include <httplib.h>
#include <mutex>
#include <optional>
#include <thread>

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "api/lease.h"
#include "process/process.h"
#include "tests/support/apiserver/server_test.h"

namespace schemaop {
namespace {

using nlohmann::json;
using std::chrono::hours;
using std::chrono::milliseconds;
using std::chrono::minutes;
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
                told_to_stop_ = true;
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
  bool told_to_stop() const { return told_to_stop_; }
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
  std::atomic<bool> told_to_stop_ = false;
  std::atomic<bool> hang_ = false;
  std::string error_;
  LeaderElection election_;
  std::jthread thread_;
};

// An API server of one lease that is out of order, or slow, when it is told so.
class LeaseServer {
 public:
  using Clock = std::chrono::steady_clock;

  LeaseServer() {
    const auto answer = [this](const httplib::Request& request, httplib::Response& response) {
      Answer(request, response);
    };
    server_.Get(".*", answer).Post(".*", answer).Patch(".*", answer);
    port_ = server_.bind_to_any_port("127.0.0.1");
    thread_ = std::jthread([this] { server_.listen_after_bind(); });
    while (!server_.is_running()) std::this_thread::yield();
  }
  ~LeaseServer() {
    ended_.request_stop();
    server_.stop();
  }
  LeaseServer(const LeaseServer&) = delete;
  LeaseServer& operator=(const LeaseServer&) = delete;

  std::string url() const { return "http://127.0.0.1:" + std::to_string(port_); }
  void OutOfOrder(bool out) { out_of_order_ = out; }
  // `record` is there from the start, and the first answer comes after `delay`.
  void Begin(const LeaseRecord& record, milliseconds delay) {
    const std::lock_guard lock(mutex_);
    lease_ = NewLease({"default", "op"}, record);
    Changed();
    delay_ = delay;
  }
  // Takes the first write and answers it only when the server ends.
  void HoldFirstWrite() { holds_ = true; }
  std::string holder() const {
    const std::lock_guard lock(mutex_);
    return lease_.is_null() ? "" : lease_["spec"].value("holderIdentity", "");
  }
  // When the first answer went out, and when the lease was first written.
  Clock::time_point answered() const {
    const std::lock_guard lock(mutex_);
    return answered_.value();
  }
  Clock::time_point written() const {
    const std::lock_guard lock(mutex_);
    return written_.value();
  }

 private:
  void Changed() { lease_["metadata"]["resourceVersion"] = std::to_string(++version_); }

  void Answer(const httplib::Request& request, httplib::Response& response) {
    if (out_of_order_) {
      response.status = 500;
      return;
    }
    std::unique_lock lock(mutex_);
    if (request.method == "GET" && lease_.is_null()) {
      response.status = 404;
      response.set_content(R"({"kind":"Status","reason":"NotFound"})", "application/json");
      return;
    }
    if (request.method != "GET") {
      if (!written_) written_ = Clock::now();
      lease_.merge_patch(json::parse(request.body));
      Changed();
    }
    if (!answered_) {
      std::this_thread::sleep_for(delay_);
      answered_ = Clock::now();
    }
    response.set_content(lease_.dump(), "application/json");
    if (request.method == "GET" || !holds_.exchange(false)) return;
    lock.unlock();
    while (!ended_.stop_requested()) std::this_thread::sleep_for(milliseconds(1));
  }

  std::atomic<bool> out_of_order_ = false;
  std::atomic<bool> holds_ = false;
  std::stop_source ended_;
  mutable std::mutex mutex_;
  json lease_;
  int version_ = 0;
  milliseconds delay_{0};
  std::optional<Clock::time_point> answered_;
  std::optional<Clock::time_point> written_;
  httplib::Server server_;
  int port_ = 0;
  std::jthread thread_;
};

class LeaderElectionTest : public testing::ServerTest {
 protected:
  void SetUp() override {
    // The HTTP library makes a static table at its first request. It is not built with
    // ThreadSanitizer, which would take first requests at the same moment for a race on it.
    ASSERT_TRUE(client_->Get("/version", {}));
  }

  std::unique_ptr<Replica> Start(const std::string& identity, LeaseTiming timing = kLong) {
    return std::make_unique<Replica>(server_.url(), identity, timing);
  }

  LeaseRecord Record() {
    const auto object = client_->Get(kPath, {});
    return object ? ParseLease(*object)->record : LeaseRecord();
  }

  // Nothing is over because the machine is slow.
  static constexpr LeaseTiming kLong{seconds(60), seconds(45), milliseconds(100)};
  // For tests that wait until it is.
  static constexpr LeaseTiming kQuickToGiveUp{seconds(60), seconds(3), milliseconds(100)};
  static constexpr LeaseTiming kQuick{seconds(4), seconds(3), milliseconds(100)};
};

TEST_F(LeaderElectionTest, ALeaderWhoseLeaseIsLongOverIsUnhealthy) {
  const auto leader = Start("leader");
  ASSERT_TRUE(WaitUntil([&] { return leader->Leads(); }));
  const auto waiting = Start("waiting");
  const auto now = BootClock::now();
  EXPECT_TRUE(leader->CheckRenewal(now + kLong.duration + seconds(5)));
  EXPECT_FALSE(leader->CheckRenewal(now + kLong.duration + seconds(120)));
  EXPECT_TRUE(waiting->CheckRenewal(now + kLong.duration + seconds(120)));
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
  EXPECT_EQ(Record().duration, kLong.duration);
}

TEST_F(LeaderElectionTest, ADeletedLeaseIsMadeAgainByItsLeader) {
  const auto replica = Start("only");
  ASSERT_TRUE(WaitUntil([&] { return replica->Leads(); }));
  const LeaseRecord before = Record();
  testing::Run(
      {.arguments = {"curl", "-s", "--noproxy", "*", "-X", "DELETE", server_.url() + kPath}});
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
  const auto replica = Start("only", kQuickToGiveUp);
  ASSERT_TRUE(WaitUntil([&] { return replica->Leads(); }));
  server_.Stop();
  ASSERT_TRUE(WaitUntil([&] { return replica->over(); }));
  EXPECT_EQ(replica->error(), "leadership lost: it could not be renewed for 3s");
  EXPECT_FALSE(replica->expired());
}

TEST_F(LeaderElectionTest, WorkThatDoesNotEndInTimeEndsTheProcess) {
  const auto replica = Start("only", kQuick);
  ASSERT_TRUE(WaitUntil([&] { return replica->Leads(); }));
  replica->Hang(true);
  server_.Stop();
  EXPECT_TRUE(WaitUntil([&] { return replica->expired(); }));
  EXPECT_FALSE(replica->over());
  replica->Hang(false);
  ASSERT_TRUE(WaitUntil([&] { return replica->over(); }));
}

TEST_F(LeaderElectionTest, WorkThatGoesOnBesideAnotherLeaderEndsTheProcessAtOnce) {
  // Its lease would last for an hour.
  const auto replica = Start("only", {hours(1), minutes(30), milliseconds(100)});
  ASSERT_TRUE(WaitUntil([&] { return replica->Leads(); }));
  replica->Hang(true);
  ASSERT_TRUE(
      client_->Patch(kPath, PatchType::kMerge, {{"spec", {{"holderIdentity", "usurper"}}}}, {}));
  EXPECT_TRUE(WaitUntil([&] { return replica->expired(); }));
  EXPECT_FALSE(replica->over());
  replica->Hang(false);
  ASSERT_TRUE(WaitUntil([&] { return replica->over(); }));
}

TEST_F(LeaderElectionTest, LeadershipThatWasLostDoesNotComeBack) {
  LeaseServer server;
  Replica replica(server.url(), "only", {seconds(3), seconds(1), milliseconds(50)});
  ASSERT_TRUE(WaitUntil([&] { return replica.Leads(); }));
  replica.Hang(true);
  server.OutOfOrder(true);
  ASSERT_TRUE(WaitUntil([&] { return replica.told_to_stop(); }));
  server.OutOfOrder(false);
  EXPECT_TRUE(WaitUntil([&] { return replica.Leads() || replica.expired(); }));
  EXPECT_FALSE(replica.Leads());
  EXPECT_TRUE(replica.expired());
  replica.Hang(false);
  ASSERT_TRUE(WaitUntil([&] { return replica.over(); }));
  EXPECT_EQ(replica.error(), "leadership lost: it could not be renewed for 1s");
}

TEST_F(LeaderElectionTest, ALeaseLastsFromTheAnswerThatShowedIt) {
  LeaseServer server;
  server.Begin({"dead", seconds(1), Time(), Time(), 7}, milliseconds(1100));
  Replica replica(server.url(), "new", kQuick);
  ASSERT_TRUE(WaitUntil([&] { return replica.Leads(); }));
  // The leader may have renewed it right before.
  EXPECT_GE(server.written() - server.answered(), seconds(1));
}

TEST_F(LeaderElectionTest, AClaimThatAStopCutOffIsGivenBack) {
  for (const bool is_there : {false, true}) {
    LeaseServer server;
    if (is_there) server.Begin({"", seconds(1), Time(), Time(), 7}, milliseconds(0));
    server.HoldFirstWrite();
    Replica replica(server.url(), "only", kLong);
    ASSERT_TRUE(WaitUntil([&] { return server.holder() == "only"; }));
    replica.Stop();
    EXPECT_EQ(replica.terms(), 0);
    EXPECT_EQ(replica.error(), "");
    EXPECT_EQ(server.holder(), "") << is_there;
  }
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
