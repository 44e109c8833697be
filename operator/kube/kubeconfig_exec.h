// users[].user.exec of a kubeconfig.
#pragma once

#include "base/error.h"
#include "kube/config.h"
#include "kube/kubeconfig_files.h"

namespace schemaop {

// The plugin of `user`, whose fields have an "exec". `config` is what `cluster` says already. A
// command with a '/' that is not absolute starts at the kubeconfig's folder; others are looked up
// on PATH. kInvalid names file and field.
Result<ExecPlugin> ReadExecPlugin(const KubeconfigEntry& user, const KubeconfigEntry& cluster,
                                  const KubeConfig& config);

}  // namespace schemaop
