#include "kube/watch_answer.h"

#include <utility>

#include <fmt/format.h>

namespace schemaop {
namespace {

constexpr std::size_t kMostErrorBytes = std::size_t{64} << 10U;

bool IsSuccess(int http_status) { return http_status >= 200 && http_status < 300; }

}  // namespace

bool WatchAnswer::OnPiece(std::string_view piece) {
  if (!IsSuccess(head_.status)) {
    refusal_ += piece.substr(0, kMostErrorBytes - refusal_.size());
    return refusal_.size() < kMostErrorBytes;
  }
  outcome_ = lines_.Feed(piece, on_line_);
  return outcome_ == LineSplitter::Outcome::kMore;
}

ApiError WatchAnswer::CutOff(Error error, const std::string& request) const {
  ApiError api_error = NoAnswer(std::move(error), request);
  api_error.cut_off = HasHead();
  return api_error;
}

ApiResult<void> WatchAnswer::Conclude(const std::string& request,
                                      const TransportError* lost) const {
  if (IsDeclined()) return {};
  if (outcome_ == LineSplitter::Outcome::kLineTooLong) {
    return tl::unexpected(CutOff(
        {ErrorCode::kRejected, fmt::format("an event is larger than {} bytes", max_line_bytes_)},
        request));
  }
  if (HasHead() && !IsSuccess(head_.status)) {
    return tl::unexpected(DecodeApiError(head_.status, refusal_, head_.retry_after, request));
  }
  if (lost != nullptr) {
    return tl::unexpected(CutOff({CodeOf(lost->kind), lost->message}, request));
  }
  if (lines_.HasPartialLine()) {
    return tl::unexpected(
        CutOff({ErrorCode::kUnavailable, "the watch was cut within an event"}, request));
  }
  return {};
}

}  // namespace schemaop
