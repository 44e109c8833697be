// The API itself: from an HTTP request to its reply. Knows no sockets.
#pragma once

#include <atomic>
#include <chrono>
#include <mutex>
#include <string>

#include "tests/support/apiserver/faults.h"
#include "tests/support/apiserver/http_message.h"
#include "tests/support/apiserver/resource_type.h"
#include "tests/support/apiserver/store.h"
#include "tests/support/apiserver/writer.h"

namespace schemaop::devcluster {

// Safe from any thread.
class Api {
 public:
  // Has the namespaces default, kube-system, kube-public and kube-node-lease.
  Api();

  HttpReply Handle(const HttpRequest& request);

  Store& store() { return store_; }
  Faults& faults() { return faults_; }

  // Requests must carry `Authorization: Bearer TOKEN` from now on; "" accepts everybody.
  void SetToken(std::string token);
  void SetBookmarkInterval(std::chrono::milliseconds interval) { bookmark_interval_ = interval; }

  // Creates the object, whatever its kind; for --crds.
  Answer<void> Load(const Json& object);
  // After Store::Load: serves the CustomResourceDefinitions that are stored.
  void ServeStoredCrds();

 private:
  Answer<HttpReply> Route(const HttpRequest& request);
  Answer<HttpReply> Resource(const HttpRequest& request, const Target& target);
  Answer<HttpReply> Collection(const HttpRequest& request, const Target& target);
  Answer<HttpReply> Read(const HttpRequest& request, const Target& target);
  Answer<HttpReply> Write(const HttpRequest& request, const Target& target);
  Answer<HttpReply> Watch(const HttpRequest& request, const Target& target);
  Answer<HttpReply> DeleteCollection(const HttpRequest& request, const Target& target);
  Answer<HttpReply> Review(const HttpRequest& request, const std::string& plural);
  bool Authorized(const HttpRequest& request) const;

  Store store_;
  Registry registry_;
  Writer writer_{store_, registry_};
  Faults faults_;
  std::atomic<std::chrono::milliseconds> bookmark_interval_{std::chrono::milliseconds(60'000)};
  mutable std::mutex token_mutex_;
  std::string token_;
};

}  // namespace schemaop::devcluster
