// A small API server for one kind of object that misbehaves on purpose.
#pragma once

#include <atomic>
#include <condition_variable>
#include <cstdint>
#include <deque>
#include <httplib.h>
#include <map>
#include <memory>
#include <mutex>
#include <random>
#include <string>
#include <thread>
#include <vector>

#include "api/object_meta.h"

namespace schemaop::testing {

// Lists in pages with continue tokens, watches with bookmarks, and forgets old versions. Every
// fault is off at first.
class ChaosServer {
 public:
  ChaosServer();
  ~ChaosServer();
  ChaosServer(const ChaosServer&) = delete;
  ChaosServer& operator=(const ChaosServer&) = delete;

  int port() const { return port_; }
  std::string Url() const { return "http://127.0.0.1:" + std::to_string(port_); }

  void Put(const ObjectKey& key, const std::string& value);
  void Delete(const ObjectKey& key);
  // Values by key, as the server holds them.
  std::map<ObjectKey, std::string> Objects() const;

  // Forgets every version but the newest: older watches and continue tokens are answered 410.
  void Compact();
  std::uint64_t Version() const;
  // Sends a line to every open watch as it is.
  void SendToWatches(const std::string& line);
  // Ends every open watch cleanly.
  void EndWatches();

  // The next answers to lists or watches, in order, instead of the real ones: status, body and
  // Retry-After.
  struct Canned {
    int status = 500;
    std::string body;
    std::string retry_after;
  };
  void AnswerNextList(Canned answer);
  void AnswerNextWatch(Canned answer);

  // From now on each request fails, and each event line is cut, with this probability in percent.
  void SetFaults(int percent) { fault_percent_ = percent; }

  // The targets requested so far.
  std::vector<std::string> Requests() const;
  // The newest version a bookmark has carried.
  std::uint64_t LastBookmark() const { return last_bookmark_; }
  int OpenWatches() const { return open_watches_; }

 private:
  struct Event {
    std::uint64_t version = 0;
    std::string namespace_name;
    std::string line;
  };

  void Handle(const httplib::Request& request, httplib::Response& response);
  void List(const httplib::Request& request, const std::string& namespace_name,
            httplib::Response& response);
  void Watch(const httplib::Request& request, const std::string& namespace_name,
             httplib::Response& response);
  bool Stream(std::uint64_t& version, std::uint64_t& raw_sent, std::uint64_t epoch,
              const std::string& namespace_name, httplib::DataSink& sink);
  bool Strikes();
  void Record(const std::string& type, const ObjectKey& key, const std::string& value);

  httplib::Server server_;
  int port_ = 0;
  mutable std::mutex mutex_;
  std::condition_variable changed_;
  std::map<ObjectKey, std::string> objects_;
  std::map<ObjectKey, std::uint64_t> versions_;
  std::vector<Event> events_;
  std::vector<std::string> raw_lines_;
  std::uint64_t version_ = 100;
  std::uint64_t compacted_ = 0;  // versions below are gone
  std::uint64_t watch_epoch_ = 0;
  std::deque<Canned> canned_lists_;
  std::deque<Canned> canned_watches_;
  std::vector<std::string> requests_;
  std::mt19937 random_{20261122};
  std::atomic<int> fault_percent_ = 0;
  std::atomic<int> open_watches_ = 0;
  std::atomic<std::uint64_t> last_bookmark_ = 0;
  std::atomic<bool> closing_ = false;
  std::jthread thread_;
};

}  // namespace schemaop::testing
