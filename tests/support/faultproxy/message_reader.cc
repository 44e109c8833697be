#include "faultproxy/message_reader.h"

#include <cstdint>

namespace schemaop::testing {
namespace {

std::uint32_t ReadInt(std::string_view bytes, std::size_t at) {
  std::uint32_t value = 0;
  for (std::size_t i = at; i < at + 4; ++i)
    value = value << 8 | static_cast<unsigned char>(bytes[i]);
  return value;
}

// The text up to the NUL that starts at `at`.
std::string CString(const std::string& bytes, std::size_t at) {
  return at < bytes.size() ? std::string(bytes.c_str() + at) : std::string();
}

// Codes of the manual, "Message Formats".
char StartupType(const std::string& bytes) {
  if (bytes.size() < 8) return PgMessage::kStartup;
  switch (ReadInt(bytes, 4)) {
    case 80877102:
      return PgMessage::kCancelRequest;
    case 80877103:
      return PgMessage::kSslRequest;
    case 80877104:
      return PgMessage::kGssRequest;
    default:
      return PgMessage::kStartup;
  }
}

std::string SqlState(const std::string& bytes) {
  for (std::size_t at = 5; at < bytes.size() && bytes[at] != '\0';) {
    const std::string value = CString(bytes, at + 1);
    if (bytes[at] == 'C') return value;
    at += value.size() + 2;
  }
  return "";
}

std::string TextOf(Side side, char type, const std::string& bytes) {
  if (side == Side::kFrontend && type == 'Q') return CString(bytes, 5);
  if (side == Side::kFrontend && type == 'P') {
    return CString(bytes, 5 + CString(bytes, 5).size() + 1);  // after the statement's name
  }
  if (side == Side::kBackend && type == 'C') return CString(bytes, 5);
  if (side == Side::kBackend && type == 'E') return SqlState(bytes);
  return "";
}

}  // namespace

std::optional<std::string> MessageReader::Take(std::size_t length_at) {
  if (bytes_.size() < length_at + 4) return std::nullopt;
  const std::size_t size = length_at + ReadInt(bytes_, length_at);
  if (bytes_.size() < size) return std::nullopt;
  std::string message = bytes_.substr(0, size);
  bytes_.erase(0, size);
  return message;
}

std::optional<PgMessage> MessageReader::Next() {
  if (in_startup_) {
    auto bytes = Take(0);
    if (!bytes) return std::nullopt;
    const char type = StartupType(*bytes);
    in_startup_ = type != PgMessage::kStartup;
    return PgMessage{.type = type, .bytes = std::move(*bytes), .text = ""};
  }
  auto bytes = Take(1);
  if (!bytes) return std::nullopt;
  const char type = bytes->front();
  std::string text = TextOf(side_, type, *bytes);
  return PgMessage{.type = type, .bytes = std::move(*bytes), .text = std::move(text)};
}

}  // namespace schemaop::testing
