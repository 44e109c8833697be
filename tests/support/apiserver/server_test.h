// What tests of anything that talks to an API server begin with.
#pragma once

#include <memory>
#include <utility>

#include <gtest/gtest.h>

#include "kube/client.h"
#include "tests/support/apiserver/api_server.h"

namespace schemaop::testing {

// An API server in this process, which serves, and a client of it.
class ServerTest : public ::testing::Test {
 protected:
  ServerTest() {
    server_.Start();
    client_ = MakeClient();
  }

  // Another client.
  std::unique_ptr<KubeClient> MakeClient(KubeClientOptions options = {}) const {
    KubeConfig config;
    config.server = server_.url();
    return *KubeClient::Create(config, std::move(options));
  }

  ApiServer server_;
  std::unique_ptr<KubeClient> client_;
};

}  // namespace schemaop::testing
