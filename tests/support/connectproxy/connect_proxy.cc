#include "connectproxy/connect_proxy.h"

#include <algorithm>
#include <arpa/inet.h>
#include <array>
#include <sys/socket.h>
#include <unistd.h>
#include <utility>

namespace schemaop::testing {
namespace {

std::string ReadExactly(int socket, std::size_t count) {
  std::string bytes(count, '\0');
  const ssize_t got = ::recv(socket, bytes.data(), count, MSG_WAITALL);
  bytes.resize(got > 0 ? static_cast<std::size_t>(got) : 0);
  return bytes;
}

void Send(int socket, const std::string& bytes) {
  (void)::send(socket, bytes.data(), bytes.size(), MSG_NOSIGNAL);
}

// "user:password" in base64, for tests' logins only: three bytes at a time, padded.
std::string Base64(const std::string& bytes) {
  static constexpr char kDigits[] =
      "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
  std::string out;
  for (std::size_t i = 0; i < bytes.size(); i += 3) {
    unsigned value = 0;
    for (std::size_t j = 0; j < 3; ++j) {
      value = value << 8U | (i + j < bytes.size() ? static_cast<unsigned char>(bytes[i + j]) : 0U);
    }
    for (int j = 3; j >= 0; --j) out += kDigits[value >> (6 * j) & 63U];
  }
  for (std::size_t i = 0; i < (3 - bytes.size() % 3) % 3; ++i) out[out.size() - 1 - i] = '=';
  return out;
}

}  // namespace

ConnectProxy::ConnectProxy(int target_port)
    : target_port_(target_port), listener_(ListenOnLoopback()) {
  acceptor_ = std::jthread([this] { Serve(); });
}

ConnectProxy::~ConnectProxy() {
  ::shutdown(listener_.socket, SHUT_RDWR);
  acceptor_.join();
  {
    const std::lock_guard lock(mutex_);
    for (const int socket : open_) ::shutdown(socket, SHUT_RDWR);
  }
  talks_.clear();
  ::close(listener_.socket);
}

void ConnectProxy::Answer(std::string head) {
  const std::lock_guard lock(mutex_);
  answer_ = std::move(head);
}

void ConnectProxy::AskFor(std::string user, std::string password) {
  const std::lock_guard lock(mutex_);
  user_ = std::move(user);
  password_ = std::move(password);
}

std::vector<std::string> ConnectProxy::Heard() const {
  const std::lock_guard lock(mutex_);
  return heard_;
}

std::vector<std::string> ConnectProxy::Asked() const {
  const std::lock_guard lock(mutex_);
  return asked_;
}

void ConnectProxy::Remember(const std::string& heard, const std::string& place) {
  const std::lock_guard lock(mutex_);
  heard_.push_back(heard);
  asked_.push_back(place);
}

bool ConnectProxy::IsLoggedIn(const std::string& head) const {
  const std::lock_guard lock(mutex_);
  return user_.empty() || head.find("Proxy-Authorization: Basic " +
                                    Base64(user_ + ":" + password_) + "\r\n") != std::string::npos;
}

void ConnectProxy::Serve() {
  while (true) {
    const int client = ::accept4(listener_.socket, nullptr, nullptr, SOCK_CLOEXEC);
    if (client < 0) return;
    {
      const std::lock_guard lock(mutex_);
      open_.push_back(client);
    }
    talks_.emplace_back([this, client] { Talk(client); });
  }
}

void ConnectProxy::Talk(int client) {
  const std::string first = ReadExactly(client, 1);
  const bool opened =
      !first.empty() && (first[0] == 5 ? TalkSocks(client) : TalkHttp(client, first));
  if (opened) {
    const int target = DialLoopback(target_port_);
    if (target >= 0) {
      if (!Heard().back().starts_with("CONNECT") && first[0] != 5) Send(target, Heard().back());
      Relay({client}, {target});
      ::close(target);
    }
  }
  const std::lock_guard lock(mutex_);
  open_.erase(std::find(open_.begin(), open_.end(), client));
  ::close(client);
}

bool ConnectProxy::TalkHttp(int client, std::string head) {
  while (!head.ends_with("\r\n\r\n")) {
    const std::string byte = ReadExactly(client, 1);
    if (byte.empty()) return false;
    head += byte;
  }
  const std::size_t place = head.find(' ') + 1;
  Remember(head, head.substr(place, head.find(' ', place) - place));
  std::string answer;
  {
    const std::lock_guard lock(mutex_);
    answer = answer_;
  }
  if (answer.empty() && !IsLoggedIn(head)) {
    answer = "HTTP/1.1 407 Proxy Authentication Required\r\nProxy-Authenticate: Basic\r\n\r\n";
  }
  if (!answer.empty()) {
    Send(client, answer);
    return false;
  }
  if (head.starts_with("CONNECT ")) Send(client, "HTTP/1.1 200 Connection established\r\n\r\n");
  return true;
}

bool ConnectProxy::TalkSocks(int client) {
  const std::string methods = ReadExactly(client, ReadExactly(client, 1).at(0));
  std::string user;
  std::string password;
  {
    const std::lock_guard lock(mutex_);
    user = user_;
    password = password_;
  }
  std::string heard;
  if (user.empty()) {
    Send(client, std::string("\x05\x00", 2));
  } else {
    Send(client, methods.find('\x02') == std::string::npos ? "\x05\xff" : "\x05\x02");
    if (ReadExactly(client, 1) != "\x01") return false;
    const std::string name = ReadExactly(client, ReadExactly(client, 1).at(0));
    const std::string word = ReadExactly(client, ReadExactly(client, 1).at(0));
    heard = name + ":" + word;
    const bool right = name == user && word == password;
    Send(client, right ? std::string("\x01\x00", 2) : std::string("\x01\x01", 2));
    if (!right) return false;
  }
  const std::string request = ReadExactly(client, 4);
  if (request.size() != 4) return false;
  std::array<char, INET6_ADDRSTRLEN> text{};
  std::string host;
  if (request[3] == 3) {
    host = ReadExactly(client, ReadExactly(client, 1).at(0));
  } else {
    const bool four = request[3] == 1;
    const std::string address = ReadExactly(client, four ? 4 : 16);
    host = ::inet_ntop(four ? AF_INET : AF_INET6, address.data(), text.data(), text.size());
  }
  const std::string port = ReadExactly(client, 2);
  const int number = static_cast<unsigned char>(port[0]) << 8 | static_cast<unsigned char>(port[1]);
  Remember(heard, host + ":" + std::to_string(number));
  std::string answer;
  {
    const std::lock_guard lock(mutex_);
    answer = answer_;
  }
  // One of RFC 1928's reply codes stands for a refusal.
  Send(client, "\x05" + (answer.empty() ? std::string("\x00", 1) : answer) +
                   std::string("\x00\x01\x7f\x00\x00\x01\x00\x00", 8));
  return answer.empty();
}

}  // namespace schemaop::testing
