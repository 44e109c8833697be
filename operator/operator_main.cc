// schema-operator: flags, signals and an exit code around RunOperator.
#include <atomic>
#include <csignal>
#include <cstdlib>
#include <stop_token>
#include <string>
#include <thread>
#include <unistd.h>

#include <CLI/CLI.hpp>

#include "base/logger.h"
#include "controller/operator.h"
#include "kube/config.h"

namespace schemaop {
namespace {

constexpr int kExitFailure = 1;
constexpr int kExitUsage = 2;

struct Flags {
  OperatorOptions options;
  std::string kubeconfig;
  std::string context;
  std::string log_level = "info";
};

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
  app.add_option("--max-concurrent-reconciles", flags.options.max_concurrent_reconciles,
                 "SchemaVersions worked on at the same time")
      ->check(CLI::Range(1, 256))
      ->capture_default_str();
  app.add_option("--health-address", flags.options.health_address,
                 "HOST:PORT of /healthz, /readyz and /metrics")
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
  auto kube = ResolveKubeConfig(flags.kubeconfig, flags.context);
  if (!kube) {
    logger.Error("no way to the API server", {{"error", kube.error().message}});
    return kExitFailure;
  }
  flags.options.kube = *std::move(kube);
  const SignalStop signals;
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
