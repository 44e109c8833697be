// How to reach an API server: in-cluster files or a kubeconfig.
#pragma once

#include <filesystem>
#include <optional>
#include <string>

#include "base/error.h"

namespace schemaop {

struct KubeConfig {
  std::string server;                // "https://host:6443/prefix", without a trailing slash
  std::string ca_certificates;       // PEM; empty: the system's
  std::string client_certificate;    // PEM, with its chain
  std::string client_key;            // PEM
  std::string token;                 // static bearer token
  std::filesystem::path token_file;  // re-read while running; empty: none
  std::filesystem::path ca_file;     // re-read while running; empty: `ca_certificates` only
  std::string server_name;           // tls-server-name; empty: the server's host
  bool insecure_skip_tls_verify = false;
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

}  // namespace schemaop
