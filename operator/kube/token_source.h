// The bearer token of the next request, from a value or from a file that is rotated under us.
#pragma once

#include <chrono>
#include <filesystem>
#include <mutex>
#include <string>

#include "base/error.h"

namespace schemaop {

// Thread-safe.
class TokenSource {
 public:
  // A file wins over `token`, as in client-go. Both empty: no token.
  TokenSource(std::string token, std::filesystem::path file);

  // The token to send now; empty: none. The file is read again when the last reading is older than
  // a minute. While it cannot be read the last token stays in use; kDenied when there never was
  // one.
  Result<std::string> Get(std::chrono::steady_clock::time_point now);

  // Makes the next Get read the file; true when that may give another token.
  bool Expire();

 private:
  Result<std::string> Read() const;

  const std::filesystem::path file_;
  std::mutex mutex_;
  std::string token_;
  bool fresh_ = false;
  std::chrono::steady_clock::time_point read_at_;
};

}  // namespace schemaop
