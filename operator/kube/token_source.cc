#include "kube/token_source.h"

#include <algorithm>
#include <fstream>
#include <iterator>
#include <utility>

#include "base/text.h"

namespace schemaop {
namespace {

// client-go's period for service account tokens.
constexpr std::chrono::seconds kRereadAfter{60};

}  // namespace

TokenSource::TokenSource(std::string token, std::filesystem::path file)
    : file_(std::move(file)), token_(std::move(token)) {}

Result<std::string> TokenSource::Get(std::chrono::steady_clock::time_point now) {
  const std::lock_guard lock(mutex_);
  if (file_.empty() || (fresh_ && now - read_at_ < kRereadAfter)) return token_;
  Result<std::string> token = Read();
  if (token) {
    token_ = *std::move(token);
  } else if (token_.empty()) {
    return token;
  }
  fresh_ = true;
  read_at_ = now;
  return token_;
}

bool TokenSource::Expire() {
  const std::lock_guard lock(mutex_);
  fresh_ = false;
  return !file_.empty();
}

Result<std::string> TokenSource::Read() const {
  std::ifstream in(file_, std::ios::binary);
  std::string text((std::istreambuf_iterator<char>(in)), std::istreambuf_iterator<char>());
  if (!in.is_open() || in.bad()) {
    return Fail(ErrorCode::kDenied, "token file " + file_.string() + " cannot be read");
  }
  std::string token(Trim(text));
  if (token.empty()) return Fail(ErrorCode::kDenied, "token file " + file_.string() + " is empty");
  // A line break in a header value would start another header.
  const bool printable =
      std::all_of(token.begin(), token.end(), [](char c) { return c > ' ' && c < '\x7f'; });
  if (!printable) {
    return Fail(ErrorCode::kDenied,
                "token file " + file_.string() + " holds spaces or control characters");
  }
  return token;
}

}  // namespace schemaop
