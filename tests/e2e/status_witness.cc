#include "status_witness.h"

#include <chrono>
#include <csignal>
#include <cstdio>
#include <sstream>
#include <stdexcept>

#include <nlohmann/json.hpp>

#include "status/status_checker.h"

namespace schemaop::testing {

using nlohmann::json;

StatusWitness::StatusWitness(const ProcessOptions& watch) : watch_(watch) {}

StatusWitness::Verdict StatusWitness::Judge(const std::string& last_name) {
  const std::string shown = "\"" + last_name + "\"";
  const bool complete =
      WaitUntil([&] { return watch_.Out().find(shown) != std::string::npos || !watch_.Running(); },
                std::chrono::minutes(3));
  if (!complete || !watch_.Running()) {
    throw std::runtime_error("the watch of every status ended early: " + watch_.Err());
  }
  watch_.Signal(SIGTERM);
  watch_.Wait(std::chrono::minutes(1));
  StatusChecker checker;
  std::istringstream documents(watch_.Out());
  json event;
  // The last one may have been cut by the signal.
  while (documents >> std::ws && documents.peek() != EOF) {
    event = json();
    try {
      documents >> event;
    } catch (const json::parse_error&) {
      break;
    }
    if (event.value("type", "") != "DELETED") checker.See(event.at("object"));
  }
  return {checker.judged(), checker.violations()};
}

std::vector<std::string> WatchArguments() {
  return {"get", "schemaversions", "-A", "--watch", "--output-watch-events", "-o", "json"};
}

}  // namespace schemaop::testing
