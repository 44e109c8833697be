// devcluster: enough of a Kubernetes API server, in one process, to try the operator with kubectl.
#include <csignal>
#include <cstdio>
#include <exception>
#include <string>

#include <CLI/CLI.hpp>

#include "tests/support/apiserver/api_server.h"
#include "tests/support/process/process.h"

namespace {

using schemaop::testing::ApiServer;
using schemaop::testing::ApiServerOptions;

struct Flags {
  std::string listen = "127.0.0.1:0";
  std::string kubeconfig;
  std::string token_file;
  ApiServerOptions server;
};

void Declare(CLI::App& app, Flags& flags) {
  app.add_option("--listen", flags.listen, "Address to listen on; port 0 picks a free one")
      ->capture_default_str();
  app.add_option("--kubeconfig-out", flags.kubeconfig, "Write a kubeconfig for this server here")
      ->type_name("FILE");
  app.add_option("--crds", flags.server.crds,
                 "Load the CustomResourceDefinitions of this folder's YAML files at the start")
      ->type_name("DIR")
      ->check(CLI::ExistingDirectory);
  auto* token = app.add_option(
      "--token", flags.server.token,
      "Ask for this bearer token (default: everybody may do everything); kubectl sends none over "
      "plain HTTP");
  app.add_option("--token-file", flags.token_file, "Read the token from this file")
      ->type_name("FILE")
      ->check(CLI::ExistingFile)
      ->excludes(token);
  app.add_option("--data", flags.server.data, "Keep objects in this file between starts")
      ->type_name("FILE");
}

// "127.0.0.1:8080" into host and port; false when it is something else.
bool ParseListen(const std::string& text, ApiServerOptions& options) {
  const std::size_t colon = text.rfind(':');
  if (colon == std::string::npos || colon == 0) return false;
  const std::string port = text.substr(colon + 1);
  if (port.empty() || port.size() > 5 ||
      port.find_first_not_of("0123456789") != std::string::npos) {
    return false;
  }
  options.host = text.substr(0, colon);
  options.port = std::stoi(port);
  return options.port < 65536;
}

int Serve(Flags& flags) {
  if (!ParseListen(flags.listen, flags.server)) {
    std::fprintf(stderr, "devcluster: --listen %s: not of the form HOST:PORT\n",
                 flags.listen.c_str());
    return 2;
  }
  if (!flags.token_file.empty()) {
    flags.server.token = schemaop::testing::ReadFile(flags.token_file);
    while (!flags.server.token.empty() && flags.server.token.back() == '\n')
      flags.server.token.pop_back();
  }
  // Blocked before any thread starts, so that only sigwait below sees them.
  sigset_t ends;
  sigemptyset(&ends);
  sigaddset(&ends, SIGTERM);
  sigaddset(&ends, SIGINT);
  pthread_sigmask(SIG_BLOCK, &ends, nullptr);

  ApiServer server(flags.server);
  server.Start();
  if (!flags.kubeconfig.empty())
    schemaop::testing::WriteFile(flags.kubeconfig, server.Kubeconfig());
  std::printf("devcluster listening on %s\n", server.url().c_str());
  std::fflush(stdout);
  int signal = 0;
  sigwait(&ends, &signal);
  server.Stop();
  return 0;
}

}  // namespace

int main(int argc, char** argv) {
  CLI::App app(
      "devcluster serves enough of the Kubernetes API for kubectl and schema-operator to work "
      "against.\n"
      "It is for demos and tests: there are no controllers, no RBAC and no admission, and objects "
      "live\n"
      "in memory unless --data is given.",
      "devcluster");
  Flags flags;
  Declare(app, flags);
  CLI11_PARSE(app, argc, argv);
  try {
    return Serve(flags);
  } catch (const std::exception& error) {
    std::fprintf(stderr, "devcluster: %s\n", error.what());
    return 1;
  }
}
