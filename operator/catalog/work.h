// What is to be done with each object so that one catalog becomes another, before any order.
#pragma once

#include <map>
#include <string>
#include <unordered_map>
#include <vector>

#include "catalog/catalog.h"
#include "catalog/diff.h"

namespace schemaop {

struct Work {
  bool drop = false;  // together with create: made again
  bool create = false;
  bool alter = false;
  bool set_aside = false;  // a type: renamed away instead of dropped, dropped at the end
  bool convert = false;    // a column of such a type
  bool move = false;       // a column made again with its data
};

// All of it, with everything that must go before something else can change and come back after.
struct WorkList {
  std::map<ObjectId, Work> work;
  std::vector<Refusal> refusals;
  std::vector<std::string> warnings;
};

// `changes` are those between the catalogs.
WorkList FindWork(const Catalog& from, const Catalog& to, const std::vector<ObjectChange>& changes,
                  const DiffOptions& options);

// The last part of a qualified name ("app.\"x\"" gives "\"x\"").
std::string BareName(const std::string& qualified);
// The same name with `suffix`, as an identifier.
std::string WithSuffix(const std::string& bare, const std::string& suffix);

// Whether the table has other parents than before, or in another order. A partition whose bound
// alone changes has not: it leaves its parent and comes back in one step.
bool ChangesParents(const Catalog& from, const Catalog& to, const std::string& table);

}  // namespace schemaop
