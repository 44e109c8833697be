#include "controller/shard.h"

#include <charconv>
#include <cstdint>

namespace schemaop {
namespace {

constexpr int kMostShards = 256;

// The whole of `text` as a number, or -1.
int NumberOf(std::string_view text) {
  int number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  return error == std::errc() && end == text.data() + text.size() ? number : -1;
}

// FNV-1a, 64 bits: the same on every machine and in every build, unlike std::hash.
std::uint64_t HashOf(std::string_view text) {
  std::uint64_t hash = 0xcbf29ce484222325U;
  for (const char c : text) {
    hash ^= static_cast<unsigned char>(c);
    hash *= 0x100000001b3U;
  }
  return hash;
}

}  // namespace

Result<Shard> ParseShard(std::string_view text) {
  const auto slash = text.find('/');
  Shard shard;
  if (slash != std::string_view::npos) {
    shard = {NumberOf(text.substr(0, slash)), NumberOf(text.substr(slash + 1))};
  }
  const bool usable = slash != std::string_view::npos && shard.index >= 0 &&
                      shard.index < shard.count && shard.count <= kMostShards;
  if (usable) return shard;
  return Fail(ErrorCode::kInvalid, "shard '" + std::string(text) +
                                       "' is not INDEX/COUNT with INDEX from 0 to COUNT - 1 and "
                                       "COUNT at most 256, for example 0/3");
}

bool IsOfShard(const ObjectKey& key, const Shard& shard) {
  if (shard.count <= 1) return true;
  return HashOf(ToString(key)) % static_cast<std::uint64_t>(shard.count) ==
         static_cast<std::uint64_t>(shard.index);
}

std::string SuffixOf(const Shard& shard) {
  if (shard.count <= 1) return "";
  return std::to_string(shard.index) + "-of-" + std::to_string(shard.count);
}

}  // namespace schemaop
