// The kubeconfig files of one invocation, merged: the first file to name a thing wins, as in
// kubectl.
#pragma once

#include <filesystem>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include <nlohmann/json_fwd.hpp>

#include "base/error.h"

namespace schemaop {

// One entry of clusters, users or contexts: its scalar fields as text, others as "" under their
// name, and all of it as JSON.
struct KubeconfigEntry {
  std::filesystem::path file;                 // where it stands; relative paths start at its folder
  std::string where;                          // "FILE: users[NAME]", for messages
  std::map<std::string, std::string> fields;  // of the member "cluster", "user" or "context"
  std::shared_ptr<const nlohmann::json> whole;  // the same as one JSON object; never null
};

struct KubeconfigFiles {
  std::string names;  // all files read, for messages
  std::string current_context;
  std::map<std::string, KubeconfigEntry> clusters;
  std::map<std::string, KubeconfigEntry> users;
  std::map<std::string, KubeconfigEntry> contexts;
};

// Reads `paths` in order; one that does not exist is passed over. kNotFound when none exists,
// kInvalid for a file that is no kubeconfig: the message names file and field.
Result<KubeconfigFiles> ReadKubeconfigFiles(const std::vector<std::filesystem::path>& paths);

}  // namespace schemaop
