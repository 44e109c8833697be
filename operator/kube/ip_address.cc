#include "kube/ip_address.h"

#include <algorithm>
#include <arpa/inet.h>
#include <charconv>

namespace schemaop {
namespace {

constexpr IpAddress kMappedPrefix{0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff, 0, 0, 0, 0};
constexpr std::size_t kMappedBytes = 12;
constexpr IpAddress kLoopback6{0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1};
constexpr unsigned char kLoopback4 = 127;

bool IsIpv4(const IpAddress& address) {
  return std::equal(address.begin(), address.begin() + kMappedBytes, kMappedPrefix.begin());
}

}  // namespace

std::optional<IpAddress> ParseIpAddress(const std::string& text) {
  IpAddress address = kMappedPrefix;
  if (inet_pton(AF_INET, text.c_str(), address.data() + kMappedBytes) == 1) return address;
  if (inet_pton(AF_INET6, text.c_str(), address.data()) == 1) return address;
  return std::nullopt;
}

bool IsLoopback(const IpAddress& address) {
  return address == kLoopback6 || (IsIpv4(address) && address[kMappedBytes] == kLoopback4);
}

std::optional<IpBlock> ParseCidr(std::string_view text) {
  const std::size_t slash = text.find('/');
  if (slash == std::string_view::npos) return std::nullopt;
  const std::string base(text.substr(0, slash));
  const auto address = ParseIpAddress(base);
  const std::string_view digits = text.substr(slash + 1);
  const char* const end = digits.data() + digits.size();
  int bits = -1;
  const auto [at, error] = std::from_chars(digits.data(), end, bits);
  const bool four = base.find(':') == std::string::npos;
  if (!address || error != std::errc() || at != end || bits < 0 || bits > (four ? 32 : 128)) {
    return std::nullopt;
  }
  return IpBlock{*address, four ? bits + 96 : bits};
}

bool Contains(const IpBlock& block, const IpAddress& address) {
  if (IsIpv4(block.address) != IsIpv4(address)) return false;
  const std::size_t whole = static_cast<std::size_t>(block.prefix_bits) / 8;
  const int rest = block.prefix_bits % 8;
  if (!std::equal(address.begin(), address.begin() + static_cast<std::ptrdiff_t>(whole),
                  block.address.begin())) {
    return false;
  }
  if (rest == 0) return true;
  const int mask = 0xff << (8 - rest) & 0xff;
  return (address.at(whole) & mask) == (block.address.at(whole) & mask);
}

}  // namespace schemaop
