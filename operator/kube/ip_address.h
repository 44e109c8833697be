// IP addresses and blocks of them, as text says them.
#pragma once

#include <array>
#include <optional>
#include <string>
#include <string_view>

namespace schemaop {

// An IPv4 address is held as the IPv6 address that maps it (RFC 4291, 2.5.5.2), so that both
// spellings of it are equal.
using IpAddress = std::array<unsigned char, 16>;

// "10.0.0.1", "fd00::a1"; no brackets, no zone, no port. Empty when `text` is no address.
std::optional<IpAddress> ParseIpAddress(const std::string& text);

// 127.0.0.0/8 and ::1.
bool IsLoopback(const IpAddress& address);

struct IpBlock {
  IpAddress address{};
  int prefix_bits = 0;  // of the 128
};

// "10.0.0.0/8", "fd00::/8". Empty when `text` is no block.
std::optional<IpBlock> ParseCidr(std::string_view text);

// Blocks of IPv6 hold no IPv4 address.
bool Contains(const IpBlock& block, const IpAddress& address);

}  // namespace schemaop
