// Whatever the operator identifies itself with is rotated while it works: it goes on, in the same
// process.
#include <atomic>
#include <csignal>
#include <functional>
#include <memory>
#include <mutex>
#include <stop_token>
#include <string>
#include <thread>

#include <gtest/gtest.h>

#include "certificates/certificates.h"
#include "tlsfront/tls_front.h"
#include "world.h"

namespace schemaop::testing {
namespace {

using nlohmann::json;

// One SchemaVersion that goes up and down without a pause, so that each rotation meets running
// work.
class Load {
 public:
  Load(World& world, std::string namespace_name)
      : world_(world), namespace_name_(std::move(namespace_name)) {
    thread_ = std::jthread([this](const std::stop_token& stop) { Run(stop); });
  }

  // Waits until it has been up and down once more, begun and ended from now on.
  void ExpectItGoesOn(const std::string& after) {
    const int before = turns_;
    EXPECT_TRUE(WaitForOperator([&] { return turns_ >= before + 3 || !Failure().empty(); }))
        << after << "\n"
        << world_.OperatorLog();
    EXPECT_EQ(Failure(), "") << after;
  }

 private:
  void Run(const std::stop_token& stop) {
    try {
      while (!stop.stop_requested()) {
        for (const char* target : {"002", "001"}) {
          world_.MustKubectl({"patch", "schemaversion", "app", "-n", namespace_name_,
                              "--type=merge", "-p",
                              json{{"spec", {{"targetRevision", target}}}}.dump()});
          world_.WaitForReason(namespace_name_, "app", "UpToDate");
          ++turns_;
        }
      }
    } catch (const std::exception& error) {
      const std::lock_guard lock(mutex_);
      failure_ = error.what();
    }
  }

  std::string Failure() {
    const std::lock_guard lock(mutex_);
    return failure_;
  }

  World& world_;
  const std::string namespace_name_;
  std::atomic<int> turns_ = 0;
  std::mutex mutex_;
  std::string failure_;
  std::jthread thread_;
};

// The operator reaches the cluster through TLS of ours, which wants a client certificate; on a
// kube-apiserver it has a ServiceAccount's token in a file as well.
class RotationTest : public ::testing::Test {
 protected:
  void SetUp() override {
    WriteCertificates();
    front_ = std::make_unique<TlsFront>(
        world_.api_port(), IsReal() ? TlsFront::Backend::kTls : TlsFront::Backend::kPlain,
        Serving(first_, first_));
    std::string user = "client-certificate: client.crt, client-key: client.key";
    if (IsReal()) {
      WriteFile(folder_.path() / "token", world_.OperatorToken());
      user += ", tokenFile: token";
    }
    WriteFile(folder_.path() / "kubeconfig",
              "clusters: [{name: c, cluster: {server: \"" + front_->Url() +
                  "\", certificate-authority: ca.crt}}]\nusers: [{name: u, user: {" + user +
                  "}}]\ncontexts: [{name: x, context: {cluster: c, user: u}}]\n"
                  "current-context: x\n");
    world_.EndOperator(SIGTERM);
    world_.StartOperatorUnder(folder_.path() / "kubeconfig");
    ns_ = world_.CreateNamespace();
    const std::string database = world_.postgres().CreateDatabase();
    world_.postgres().Query("postgres", "CREATE ROLE rotating LOGIN PASSWORD 'first-" +
                                            std::string(kCanary) + "'; ALTER DATABASE " + database +
                                            " OWNER TO rotating");
    url_ = [this, database](const std::string& password) {
      return world_.postgres().Url(database, "rotating", password + "-" + kCanary) +
             "?sslmode=disable";
    };
    world_.ApplySecret(ns_, "db", url_("first"));
    world_.Apply(SchemaVersionObject(
        ns_, "app", "001",
        {{"001.sql", RevisionText("001", "", "CREATE TABLE a ();", "DROP TABLE a;")},
         {"002.sql", RevisionText("002", "001", "CREATE TABLE b ();", "DROP TABLE b;")}}));
    world_.WaitForReason(ns_, "app", "UpToDate");
  }

  void TearDown() override {
    world_.EndOperator(SIGTERM);
    front_.reset();
    world_.StartOperator();
  }

  bool IsReal() const { return world_.cluster_name() == "kube-apiserver"; }

  void WriteCertificates() {
    WriteFile(folder_.path() / "ca.crt", first_.CertificateText());
    WriteClient(certificates_.Issue("client-one", "DNS:client", first_));
  }
  void WriteClient(const IssuedCertificate& made) const {
    WriteFile(folder_.path() / "client.crt", made.CertificateText());
    WriteFile(folder_.path() / "client.key", made.KeyText());
  }
  TlsFront::Certificates Serving(const IssuedCertificate& authority,
                                 const IssuedCertificate& clients) {
    const IssuedCertificate made = certificates_.Issue("server", "IP:127.0.0.1", authority);
    return {made.certificate, made.key, clients.certificate};
  }
  // So that what follows is a recovery.
  void ExpectLockedOut(const std::function<bool()>& locked_out) {
    EXPECT_TRUE(WaitForOperator(locked_out)) << world_.OperatorLog();
  }

  World& world_ = World::Get();
  TempFolder folder_;
  Certificates certificates_;
  IssuedCertificate first_ = certificates_.MakeAuthority("first");
  IssuedCertificate second_ = certificates_.MakeAuthority("second");
  std::unique_ptr<TlsFront> front_;
  std::function<std::string(const std::string&)> url_;
  std::string ns_;
};

TEST_F(RotationTest, EverythingIsRotatedUnderLoadWithoutARestart) {
  const pid_t process = world_.operator_process().pid();
  Load load(world_, ns_);
  load.ExpectItGoesOn("at the start");

  int refused = front_->refused();
  front_->Use(Serving(second_, first_));
  ExpectLockedOut([&] { return front_->refused() > refused; });
  WriteFile(folder_.path() / "ca.crt", second_.CertificateText());
  load.ExpectItGoesOn("after a new certificate authority");

  const IssuedCertificate client = certificates_.Issue("client-two", "DNS:client", second_);
  refused = front_->refused();
  front_->Use(Serving(second_, second_));
  ExpectLockedOut([&] { return front_->refused() > refused; });
  WriteClient(client);
  load.ExpectItGoesOn("after a new client certificate");

  if (IsReal()) {
    // Tokens of an account that is gone are refused, whatever their time.
    world_.RecreateOperatorAccount();
    ExpectLockedOut(
        [&] { return world_.OperatorLog().find("\"http_status\":401") != std::string::npos; });
    WriteFile(folder_.path() / "token", world_.OperatorToken());
    load.ExpectItGoesOn("after a new token");
  }

  world_.postgres().Query("postgres",
                          "ALTER ROLE rotating PASSWORD 'second-" + std::string(kCanary) + "'");
  world_.ApplySecret(ns_, "db", url_("second"));
  load.ExpectItGoesOn("after a new password of the database");

  EXPECT_TRUE(world_.operator_process().Running());
  EXPECT_EQ(world_.operator_process().pid(), process);
}

}  // namespace
}  // namespace schemaop::testing
