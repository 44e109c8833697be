#include "kube/tunnel.h"

#include <algorithm>
#include <array>
#include <cerrno>
#include <charconv>
#include <optional>
#include <poll.h>
#include <string>
#include <sys/socket.h>

#include <fmt/format.h>

#include "base/text.h"
#include "kube/base64.h"
#include "kube/ip_address.h"

namespace schemaop {
namespace {

using Clock = std::chrono::steady_clock;

constexpr std::size_t kLongestHead = 8192;
constexpr int kAuthenticationRequired = 407;

// Sends and reads exact numbers of bytes on a socket that may be blocking or not.
class Talk {
 public:
  Talk(int socket, Clock::time_point deadline) : socket_(socket), deadline_(deadline) {}

  bool Send(std::string_view bytes) const {
    while (!bytes.empty()) {
      const ssize_t sent = ::send(socket_, bytes.data(), bytes.size(), MSG_DONTWAIT | MSG_NOSIGNAL);
      if (sent > 0) {
        bytes.remove_prefix(static_cast<std::size_t>(sent));
      } else if (!MayGoOn(POLLOUT)) {
        return false;
      }
    }
    return true;
  }

  // Exactly `count` bytes; nullopt when the other side ended or was silent too long.
  std::optional<std::string> Read(std::size_t count) const {
    std::string bytes(count, '\0');
    std::size_t have = 0;
    while (have < count) {
      const ssize_t got = ::recv(socket_, bytes.data() + have, count - have, MSG_DONTWAIT);
      if (got == 0) return std::nullopt;
      if (got > 0) {
        have += static_cast<std::size_t>(got);
      } else if (!MayGoOn(POLLIN)) {
        return std::nullopt;
      }
    }
    return bytes;
  }

 private:
  // Waits for `event` after a call that said "not now"; false when it said something else.
  bool MayGoOn(short event) const {
    if (errno == EINTR) return true;
    if (errno != EAGAIN && errno != EWOULDBLOCK) return false;
    const auto left = std::chrono::ceil<std::chrono::milliseconds>(deadline_ - Clock::now());
    if (left.count() <= 0) return false;
    pollfd state{.fd = socket_, .events = event, .revents = 0};
    return ::poll(&state, 1, static_cast<int>(left.count())) != 0;
  }

  const int socket_;
  const Clock::time_point deadline_;
};

// The texts of what can go wrong.
class Complaint {
 public:
  Complaint(const Proxy& proxy, const Endpoint& target) : proxy_(proxy), target_(target) {}

  tl::unexpected<Error> Silent() const {
    return Fail(ErrorCode::kUnavailable,
                fmt::format("proxy {} gave no answer about {}; check that a proxy of this kind "
                            "listens there",
                            ProxyName(proxy_), HostAndPort(target_)));
  }

  tl::unexpected<Error> Refuses(std::string_view why) const {
    return Fail(ErrorCode::kUnavailable,
                fmt::format("proxy {} refuses a way to {}: {}; allow it there, or name the server "
                            "in NO_PROXY",
                            ProxyName(proxy_), HostAndPort(target_), why));
  }

  tl::unexpected<Error> WantsLogin() const {
    const bool has_user = !proxy_.user.empty();
    return Fail(ErrorCode::kUnavailable,
                has_user ? fmt::format("proxy {} does not accept the user and password of its URL",
                                       ProxyName(proxy_))
                         : fmt::format("proxy {} wants a user and password; put them into its URL, "
                                       "http://USER:PASSWORD@HOST:PORT",
                                       ProxyName(proxy_)));
  }

 private:
  const Proxy& proxy_;
  const Endpoint& target_;
};

// Byte by byte: whatever follows the empty line is the target's.
std::optional<std::string> ReadHead(const Talk& talk) {
  std::string head;
  while (!head.ends_with("\r\n\r\n")) {
    const auto byte = talk.Read(1);
    if (!byte || head.size() == kLongestHead) return std::nullopt;
    head += *byte;
  }
  return head;
}

// "HTTP/1.1 403 Forbidden" to 403; 0 when it is something else.
int StatusOf(std::string_view line) {
  int status = 0;
  if (!line.starts_with("HTTP/1.") || line.size() < 12) return 0;
  std::from_chars(line.data() + 9, line.data() + 12, status);
  return status;
}

Result<void> Connect(const Talk& talk, const Proxy& proxy, const Endpoint& target) {
  const Complaint complaint(proxy, target);
  const std::string place = HostAndPort(target);
  const std::string login = ProxyAuthorization(proxy);
  const std::string request = fmt::format(
      "CONNECT {} HTTP/1.1\r\nHost: {}\r\n{}\r\n", place, place,
      login.empty() ? std::string() : fmt::format("Proxy-Authorization: {}\r\n", login));
  if (!talk.Send(request)) return complaint.Silent();
  const auto head = ReadHead(talk);
  if (!head) return complaint.Silent();
  const std::string_view line = std::string_view(*head).substr(0, head->find('\r'));
  const int status = StatusOf(line);
  if (status >= 200 && status < 300) return {};
  if (status == 0) return complaint.Silent();
  if (status == kAuthenticationRequired) return complaint.WantsLogin();
  return complaint.Refuses(Truncate(line.substr(9), 80));
}

// RFC 1928, section 6.
std::string_view SocksReply(unsigned char code) {
  constexpr std::array<std::string_view, 9> kTexts{
      "succeeded",           "general failure",       "not allowed by its rules",
      "network unreachable", "host unreachable",      "connection refused",
      "TTL expired",         "command not supported", "address type not supported"};
  return code < kTexts.size() ? kTexts.at(code) : "unknown reply";
}

std::string SocksText(std::string_view text) {
  return static_cast<char>(text.size()) + std::string(text);
}

std::string SocksAddress(const Endpoint& target) {
  const auto address = ParseIpAddress(target.host);
  std::string out;
  if (!address) {
    out = "\x03" + SocksText(target.host);
  } else if (target.host.find(':') == std::string::npos) {
    out = "\x01" + std::string(address->begin() + 12, address->end());
  } else {
    out = "\x04" + std::string(address->begin(), address->end());
  }
  out += static_cast<char>(target.port >> 8);
  out += static_cast<char>(target.port & 0xff);
  return out;
}

Result<void> LogIntoSocks(const Talk& talk, const Proxy& proxy, const Endpoint& target) {
  const Complaint complaint(proxy, target);
  const bool has_user = !proxy.user.empty();
  constexpr char kNothing = 0;
  constexpr char kPassword = 2;
  if (!talk.Send(has_user ? std::string("\x05\x02\x00\x02", 4) : std::string("\x05\x01\x00", 3))) {
    return complaint.Silent();
  }
  const auto choice = talk.Read(2);
  if (!choice || (*choice)[0] != 5) return complaint.Silent();
  if ((*choice)[1] == kNothing) return {};
  if ((*choice)[1] != kPassword || !has_user) return complaint.WantsLogin();
  if (!talk.Send("\x01" + SocksText(proxy.user) + SocksText(proxy.password))) {
    return complaint.Silent();
  }
  const auto verdict = talk.Read(2);
  if (!verdict) return complaint.Silent();
  if ((*verdict)[1] != 0) return complaint.WantsLogin();
  return {};
}

Result<void> ConnectBySocks(const Talk& talk, const Proxy& proxy, const Endpoint& target) {
  constexpr std::size_t kLongestText = 255;
  const Complaint complaint(proxy, target);
  if (std::max({target.host.size(), proxy.user.size(), proxy.password.size()}) > kLongestText) {
    return complaint.Refuses("SOCKS5 has no names, users and passwords over 255 bytes");
  }
  if (auto logged_in = LogIntoSocks(talk, proxy, target); !logged_in) return logged_in;
  if (!talk.Send(std::string("\x05\x01\x00", 3) + SocksAddress(target))) return complaint.Silent();
  const auto reply = talk.Read(4);
  if (!reply || (*reply)[0] != 5) return complaint.Silent();
  if ((*reply)[1] != 0)
    return complaint.Refuses(SocksReply(static_cast<unsigned char>((*reply)[1])));
  // The address it is bound to, of no use to us.
  std::size_t rest = (*reply)[3] == 1 ? 4 : 16;
  if ((*reply)[3] == 3) {
    const auto length = talk.Read(1);
    if (!length) return complaint.Silent();
    rest = static_cast<unsigned char>((*length)[0]);
  }
  if (!talk.Read(rest + 2)) return complaint.Silent();
  return {};
}

}  // namespace

std::string ProxyAuthorization(const Proxy& proxy) {
  if (proxy.user.empty()) return {};
  return "Basic " + EncodeBase64(proxy.user + ":" + proxy.password);
}

Result<void> OpenTunnel(int socket, const Proxy& proxy, const Endpoint& target,
                        std::chrono::milliseconds patience) {
  const Talk talk(socket, Clock::now() + patience);
  return proxy.kind == Proxy::Kind::kSocks5 ? ConnectBySocks(talk, proxy, target)
                                            : Connect(talk, proxy, target);
}

}  // namespace schemaop
