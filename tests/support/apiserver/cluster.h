// What a test needs to know of a cluster, whichever kind it is.
#pragma once

#include <filesystem>
#include <string>

namespace schemaop::testing {

// Handed out by ApiServer and RealApiServer; valid as long as they run.
struct Cluster {
  std::string name;                  // "devcluster" or "kube-apiserver", for messages
  std::string url;                   // "http://127.0.0.1:PORT"
  std::string token;                 // bearer token of an administrator; "" when none is needed
  std::filesystem::path kubeconfig;  // of the same administrator
  std::filesystem::path kubectl;     // the program to use with it
};

// The kubeconfig of one cluster, user and context, all called `name`. An https server's certificate
// is not checked unless `ca_file` names what signs it.
std::string KubeconfigText(const std::string& name, const std::string& url,
                           const std::string& token, const std::filesystem::path& ca_file = {});

// kubectl from $KUBEBUILDER_ASSETS when that is set, else from PATH; empty when there is none.
std::filesystem::path FindKubectl();

}  // namespace schemaop::testing
