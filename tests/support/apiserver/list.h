// Lists: consistent pages of a collection.
#pragma once

#include <cstdint>
#include <string>

#include "tests/support/apiserver/representation.h"
#include "tests/support/apiserver/selectors.h"
#include "tests/support/apiserver/store.h"

namespace schemaop::devcluster {

struct ListOptions {
  Selector selector;
  std::int64_t limit = 0;  // 0: everything
  std::string continue_token;
  std::string version;        // resourceVersion as sent
  std::string version_match;  // Exact, NotOlderThan or ""
};

// The body of the list. Refuses what the real server refuses: a token together with a version, a
// version from the future (504), a token or exact version whose history is gone (410).
Answer<Json> List(const Store& store, const ResourceType& type, const std::string& ns,
                  const ListOptions& options, const Representation& as);

// A resourceVersion parameter; "" and "0" are 0.
Answer<std::uint64_t> ParseVersion(const std::string& text);

}  // namespace schemaop::devcluster
