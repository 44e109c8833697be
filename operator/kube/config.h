// How to reach an API server: in-cluster files or a kubeconfig.
#pragma once

#include <filesystem>
#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "base/error.h"
#include "kube/exec_plugin.h"

namespace schemaop {

// Whom to act as instead of oneself: the server asks whether one may (verb "impersonate").
struct Impersonation {
  std::string user;  // empty: nobody
  std::string uid;
  std::vector<std::string> groups;
  std::map<std::string, std::vector<std::string>> extra;
};

struct KubeConfig {
  std::string server;                             // "https://host:6443/prefix", no trailing slash
  std::string ca_certificates;                    // PEM; empty: the system's
  std::string client_certificate;                 // PEM, with its chain
  std::string client_key;                         // PEM
  std::string token;                              // static bearer token
  std::filesystem::path token_file;               // re-read while running; empty: none
  std::filesystem::path ca_file;                  // re-read while running; empty: `ca_certificates`
  std::filesystem::path client_certificate_file;  // the same for `client_certificate`
  std::filesystem::path client_key_file;          // the same for `client_key`
  std::string server_name;                        // tls-server-name; empty: the server's host
  bool insecure_skip_tls_verify = false;
  std::string proxy_url;           // empty: what HTTPS_PROXY, HTTP_PROXY and NO_PROXY say
  std::optional<ExecPlugin> exec;  // never of a pod's service account
  Impersonation impersonation;
  std::string default_namespace = "default";
};

// The service account of the pod (KUBERNETES_SERVICE_HOST/_PORT and the files beside its token).
// kNotFound when this is not a pod.
Result<KubeConfig> InClusterConfig(
    const std::filesystem::path& folder = "/var/run/secrets/kubernetes.io/serviceaccount");

// `path`, or $KUBECONFIG (several files merged as kubectl does), or ~/.kube/config; `context` or
// the current one. kNotFound / kInvalid name the file and the field.
Result<KubeConfig> LoadKubeconfig(const std::filesystem::path& path, const std::string& context);

// What a program should use: an explicit kubeconfig, else in-cluster, else the default kubeconfig.
Result<KubeConfig> ResolveKubeConfig(const std::filesystem::path& explicit_path,
                                     const std::string& context);

// The headers of `who`, in order; kInvalid when a value would not fit into one, or when groups, a
// uid or more are given without a user.
Result<std::vector<std::pair<std::string, std::string>>> ImpersonationHeaders(
    const Impersonation& who);

}  // namespace schemaop
