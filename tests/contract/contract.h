// The cluster under test and how the cases speak to it.
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "tests/support/apiserver/cluster.h"
#include "tests/support/process/process.h"

namespace schemaop::testing {

using Json = nlohmann::json;

// What the suite runs against; one for the whole process.
class ContractCluster {
 public:
  virtual ~ContractCluster() = default;
  virtual Cluster cluster() const = 0;
  // Every continue token handed out so far expires.
  virtual void Compact() = 0;
};

// REQUIRES: main has set it.
ContractCluster& Under();
void SetUnder(std::unique_ptr<ContractCluster> cluster);

// The minor version of the server; 0 for a build that does not say.
int ServerMinor();

struct Answer {
  int status = 0;
  std::string text;
  std::string content_type;
  Json body;  // null when the text is no JSON

  std::string Reason() const { return body.value("reason", ""); }
  std::string Message() const { return body.value("message", ""); }
  std::string Version() const { return body["metadata"].value("resourceVersion", ""); }
};

// One request; `body` is sent as `content_type` (by default JSON; merge patch for PATCH).
Answer Call(const std::string& method, const std::string& path, const Json& body = nullptr,
            const std::string& content_type = "",
            const std::map<std::string, std::string>& headers = {});
Answer CallText(const std::string& method, const std::string& path, const std::string& body,
                const std::string& content_type);

// The events of one watch until it ends or `enough` says so.
std::vector<Json> WatchEvents(const std::string& path,
                              const std::function<bool(const std::vector<Json>&)>& enough);

// A case: a namespace of its own, so that cases do not see each other's objects.
class ContractTest : public ::testing::Test {
 protected:
  void SetUp() override;

  // ".../namespaces/NS/schemaversions" + `rest`
  std::string Path(const std::string& rest = "") const;
  // The path of a core kind in the case's namespace.
  std::string CorePath(const std::string& rest) const;
  // A valid SchemaVersion.
  Json Object(const std::string& name) const;
  // Creates it and returns what the server made of it.
  Json Created(const std::string& name);

  // Runs kubectl in a fresh home in the case's namespace.
  RunResult Kubectl(std::vector<std::string> arguments, const std::string& input = "") const;
  ProcessOptions KubectlOptions(std::vector<std::string> arguments) const;

  std::string ns_;
  TempFolder home_;
};

}  // namespace schemaop::testing
