// schema-operator: flags, signals and an exit code around RunOperator.
#include <atomic>
#include <chrono>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <random>
#include <stop_token>
#include <string>
#include <thread>
#include <unistd.h>
#include <utility>
#include <vector>

#include <CLI/CLI.hpp>

#include "base/logger.h"
#include "base/time.h"
#include "controller/operator.h"
#include "controller/shard.h"
#include "kube/config.h"
#include "runtime/resident_memory.h"

namespace schemaop {
namespace {

constexpr int kExitFailure = 1;
constexpr int kExitUsage = 2;

struct Flags {
  OperatorOptions options;
  bool leader_elect = true;
  LeaseTiming timing;
  std::string lease_name = "schema-operator";
  std::string lease_namespace;
  std::string shard;
  std::string kubeconfig;
  std::string context;
  Impersonation impersonation;
  std::string log_level = "info";
};

// A duration as Kubernetes spells it, "15s".
CLI::Option* AddDuration(CLI::App& app, const std::string& name, std::chrono::milliseconds& value,
                         const std::string& description) {
  return app
      .add_option_function<std::string>(
          name,
          [&value](const std::string& text) {
            const auto parsed = ParseDuration(text);
            if (!parsed) throw CLI::ValidationError(parsed.error().message);
            value = *parsed;
          },
          description)
      ->type_name("DURATION")
      ->default_str(FormatDuration(value));
}

// Named as kubectl's.
void AddImpersonationFlags(CLI::App& app, Impersonation& who) {
  app.add_option(
      "--as", who.user,
      "act as this user or service account, system:serviceaccount:NAMESPACE:NAME: to try "
      "a role from a desk");
  app.add_option("--as-group", who.groups, "act as a member of this group; repeat it for several");
  app.add_option("--as-uid", who.uid, "act as the user of this uid");
}

void AddReferenceFlags(CLI::App& app, ReferenceWatchOptions& references) {
  app.add_option_function<std::vector<std::string>>(
         "--watch-references",
         [&references](const std::vector<std::string>& kinds) {
           for (const std::string& kind : kinds) {
             references.kinds.insert(kind == "secrets" ? ReferenceKind::kSecret
                                                       : ReferenceKind::kConfigMap);
           }
         },
         "notice a change of these at once, both with a comma between; wants the rights to list "
         "and "
         "watch them (default: they are read by name alone, every half minute)")
      ->delimiter(',')
      ->check(CLI::IsMember({"secrets", "configmaps"}));
  app.add_option("--watch-references-selector", references.label_selector,
                 "watch only those with these labels");
}

// Named as in the components of Kubernetes itself.
void AddElectionFlags(CLI::App& app, Flags& flags) {
  app.add_flag("--leader-elect,!--no-leader-elect", flags.leader_elect,
               "of several replicas let one work and the others wait (default: true)");
  app.add_option("--leader-elect-resource-name", flags.lease_name,
                 "the Lease by which they agree; a shard's index is added")
      ->capture_default_str();
  app.add_option("--leader-elect-resource-namespace", flags.lease_namespace,
                 "its namespace (default: the pod's own, or that of the kubeconfig's context)");
  AddDuration(app, "--leader-elect-lease-duration", flags.timing.duration,
              "others wait so long for a leader that is silent");
  AddDuration(app, "--leader-elect-renew-deadline", flags.timing.renew_deadline,
              "a leader that could not renew for so long stops");
  AddDuration(app, "--leader-elect-retry-period", flags.timing.retry_period,
              "between two tries to become or stay the leader");
}

void AddFlags(CLI::App& app, Flags& flags) {
  app.add_option("--kubeconfig", flags.kubeconfig,
                 "kubeconfig file (default: the pod's service account, else $KUBECONFIG or "
                 "~/.kube/config)");
  app.add_option("--context", flags.context,
                 "context of the kubeconfig (default: its current one)");
  app.add_option("--namespace", flags.options.namespaces,
                 "namespace to serve; repeat it for several (default: all)");
  app.add_option(
      "--migrations-root", flags.options.migrations_root,
      "folder below which spec.migrations.path looks (default: such sources are refused)");
  app.add_flag_callback(
      "--allow-superuser", [&flags] { flags.options.login_rights = LoginRights::kAny; },
      "migrate databases whose Secret logs in as a superuser, or a role with REPLICATION, "
      "BYPASSRLS, CREATEROLE or access to the server's files and programs (default: refused)");
  app.add_option("--max-concurrent-reconciles", flags.options.max_concurrent_reconciles,
                 "SchemaVersions worked on at the same time")
      ->check(CLI::Range(1, 256))
      ->capture_default_str();
  app.add_option("--max-concurrent-reconciles-per-server",
                 flags.options.max_concurrent_reconciles_per_server,
                 "how many of them at databases of one PostgreSQL server (default: no limit of its "
                 "own)")
      ->check(CLI::Range(1, 256));
  app.add_option("--selector", flags.options.label_selector,
                 "serve only the SchemaVersions with these labels: team=a,tier!=test");
  app.add_option("--shard", flags.shard,
                 "INDEX/COUNT: serve one of COUNT parts of the SchemaVersions, for example 0/3");
  AddReferenceFlags(app, flags.options.references);
  AddImpersonationFlags(app, flags.impersonation);
  AddElectionFlags(app, flags);
  app.add_option("--health-address", flags.options.health_address,
                 "HOST:PORT of /healthz, /readyz and /metrics; without HOST every address")
      ->capture_default_str();
  app.add_option("--log-level", flags.log_level, "debug, info, warning or error")
      ->check(CLI::IsMember({"debug", "info", "warning", "error"}))
      ->capture_default_str();
  app.set_version_flag("--version", "schema-operator " + std::string(OperatorVersion()));
}

// The pod's name when it was told, else the host's, which in a pod is the same.
std::string Identity() {
  if (const char* pod = std::getenv("POD_NAME"); pod != nullptr && *pod != '\0') return pod;
  char host[256] = {};
  return gethostname(host, sizeof host - 1) == 0 ? host : "unknown";
}

// Two processes on one host, or a pod's container started again, must not take themselves for each
// other.
std::string UniqueIdentity(const std::string& identity) {
  std::random_device random;
  std::string digits;
  for (int i = 0; i < 4; ++i) {
    char part[9] = {};
    std::snprintf(part, sizeof part, "%08x", random());
    digits += part;
  }
  return identity + "_" + digits;
}

LeaderElectionOptions ElectionOf(const Flags& flags) {
  const std::string suffix = SuffixOf(flags.options.shard);
  LeaderElectionOptions election;
  election.lease.name = flags.lease_name + (suffix.empty() ? "" : "-" + suffix);
  election.lease.namespace_name =
      flags.lease_namespace.empty() ? flags.options.kube.default_namespace : flags.lease_namespace;
  election.identity = UniqueIdentity(flags.options.identity);
  election.timing = flags.timing;
  election.expired = [] { _exit(kExitFailure); };
  return election;
}

// Turns SIGINT and SIGTERM into a stop request; a second one ends the process at once. Create it
// before any other thread, so that all inherit the blocked signals.
class SignalStop {
 public:
  SignalStop() {
    sigemptyset(&signals_);
    sigaddset(&signals_, SIGINT);
    sigaddset(&signals_, SIGTERM);
    pthread_sigmask(SIG_BLOCK, &signals_, nullptr);
    waiter_ = std::jthread([this] { Wait(); });
  }

  ~SignalStop() {
    over_ = true;
    // The signal is blocked in every thread: it ends the wait, not the thread.
    // NOLINTNEXTLINE(bugprone-bad-signal-to-kill-thread)
    pthread_kill(waiter_.native_handle(), SIGTERM);
  }

  SignalStop(const SignalStop&) = delete;
  SignalStop& operator=(const SignalStop&) = delete;

  std::stop_token token() const { return stop_.get_token(); }

 private:
  void Wait() {
    int signal = 0;
    sigwait(&signals_, &signal);
    stop_.request_stop();
    while (!over_) {
      sigwait(&signals_, &signal);
      if (!over_) _exit(kExitFailure);
    }
  }

  sigset_t signals_{};
  std::stop_source stop_;
  std::atomic<bool> over_ = false;
  std::jthread waiter_;
};

int Run(Flags flags) {
  const Logger logger(*ParseLogLevel(flags.log_level));
  flags.options.identity = Identity();
  if (!flags.shard.empty()) {
    const auto shard = ParseShard(flags.shard);
    if (!shard) {
      logger.Error("unusable flag", {{"error", shard.error().message}});
      return kExitUsage;
    }
    flags.options.shard = *shard;
  }
  auto kube = ResolveKubeConfig(flags.kubeconfig, flags.context);
  if (!kube) {
    logger.Error("no way to the API server", {{"error", kube.error().message}});
    return kExitFailure;
  }
  flags.options.kube = *std::move(kube);
  // As with kubectl, flags replace what the kubeconfig says as a whole.
  if (!flags.impersonation.user.empty() || !flags.impersonation.groups.empty() ||
      !flags.impersonation.uid.empty()) {
    flags.options.kube.impersonation = flags.impersonation;
  }
  if (flags.leader_elect) flags.options.election = ElectionOf(flags);
  const SignalStop signals;
  const MemoryReturns memory;
  if (const auto ran = RunOperator(flags.options, logger, signals.token()); !ran) {
    logger.Error("operator cannot run", {{"error", ran.error().message}});
    return kExitFailure;
  }
  return 0;
}

}  // namespace
}  // namespace schemaop

int main(int argc, char** argv) {
  // OpenSSL and libpq write to sockets that the other side may have closed.
  std::signal(SIGPIPE, SIG_IGN);
  schemaop::ShareHeaps();
  CLI::App app("Migrates PostgreSQL schemas as SchemaVersion objects say.", "schema-operator");
  schemaop::Flags flags;
  schemaop::AddFlags(app, flags);
  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    return app.exit(error) == 0 ? 0 : schemaop::kExitUsage;
  }
  return schemaop::Run(std::move(flags));
}
