// What a watch has received so far, and what it means when it ends.
#pragma once

#include <cstddef>
#include <functional>
#include <string>
#include <string_view>

#include "kube/api_error.h"
#include "kube/connection.h"
#include "kube/watch_decoder.h"

namespace schemaop {

// Used by one thread. What it is given outlives it.
class WatchAnswer {
 public:
  WatchAnswer(std::size_t max_line_bytes, const std::function<bool(std::string_view)>& on_line)
      : max_line_bytes_(max_line_bytes), on_line_(on_line), lines_(max_line_bytes) {}

  void OnHead(const HttpHead& head) { head_ = head; }
  bool HasHead() const { return head_.status != 0; }
  bool IsDeclined() const { return outcome_ == LineSplitter::Outcome::kEnded; }

  // False when nothing more is wanted.
  bool OnPiece(std::string_view piece);

  // What it all meant; `lost` tells why the answer is not complete, null when it is. `request`
  // ("GET /apis/...") begins the messages.
  ApiResult<void> Conclude(const std::string& request, const TransportError* lost) const;

 private:
  ApiError CutOff(Error error, const std::string& request) const;

  const std::size_t max_line_bytes_;
  const std::function<bool(std::string_view)>& on_line_;
  LineSplitter lines_;
  HttpHead head_;
  std::string refusal_;
  LineSplitter::Outcome outcome_ = LineSplitter::Outcome::kMore;
};

}  // namespace schemaop
