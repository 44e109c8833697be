// PostgreSQL's wire protocol, version 3, cut into messages.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

namespace schemaop::testing {

// Who sends: the client (frontend) or the server (backend).
enum class Side { kFrontend, kBackend };

// One message, or one of the frontend's packets before the first message, which have no type.
struct PgMessage {
  // The protocol's letter ('Q' Query, 'C' CommandComplete, 'Z' ReadyForQuery, ...), or one of
  // these, which are no letters:
  static constexpr char kStartup = 1;
  static constexpr char kSslRequest = 2;
  static constexpr char kGssRequest = 3;
  static constexpr char kCancelRequest = 4;

  char type = 0;
  std::string bytes;  // all of it, type and length included
  std::string text;  // of Query and Parse the SQL, of CommandComplete the tag, of ErrorResponse the
                     // SQLSTATE; else empty
};

// Collects the bytes of one side of one connection and gives them out as whole messages.
class MessageReader {
 public:
  explicit MessageReader(Side side) : side_(side), in_startup_(side == Side::kFrontend) {}

  void Add(std::string_view bytes) { bytes_ += bytes; }
  // The next whole message; nullopt until there is one.
  std::optional<PgMessage> Next();

 private:
  std::optional<std::string> Take(std::size_t length_at);

  Side side_;
  bool in_startup_;
  std::string bytes_;
};

}  // namespace schemaop::testing
