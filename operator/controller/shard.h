// Several operators that split a large fleet.
#pragma once

#include <string>
#include <string_view>

#include "api/object_meta.h"
#include "base/error.h"

namespace schemaop {

// One of `count` operators that split the objects among them.
struct Shard {
  int index = 0;
  int count = 1;
};

// "INDEX/COUNT", from "0/1" to "255/256". kInvalid otherwise.
Result<Shard> ParseShard(std::string_view text);

// Whether an object is this shard's: by the FNV-1a hash of "namespace/name", so that every object
// is of exactly one.
bool IsOfShard(const ObjectKey& key, const Shard& shard);

// "INDEX-of-COUNT", to name what each shard has for itself; empty for the only one.
std::string SuffixOf(const Shard& shard);

}  // namespace schemaop
