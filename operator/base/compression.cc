#include "base/compression.h"

#include <algorithm>
#include <new>
#include <zlib.h>

namespace schemaop {
namespace {

constexpr int kWindowBits = -15;  // without zlib's header and checksum: a model needs neither
constexpr int kMemoryLevel = 5;

// zlib takes what it only reads by a pointer to what may change.
Bytef* Bytes(std::string_view text) {
  return reinterpret_cast<Bytef*>(const_cast<char*>(text.data()));
}

uInt Size(std::string_view text) { return static_cast<uInt>(text.size()); }

std::string_view UsedPart(std::string_view model) {
  constexpr std::size_t kWindow = 32768;
  return model.substr(model.size() - std::min(model.size(), kWindow));
}

class Deflater {
 public:
  Deflater() {
    if (deflateInit2(&stream_, Z_DEFAULT_COMPRESSION, Z_DEFLATED, kWindowBits, kMemoryLevel,
                     Z_DEFAULT_STRATEGY) != Z_OK) {
      throw std::bad_alloc();
    }
  }
  ~Deflater() { deflateEnd(&stream_); }
  Deflater(const Deflater&) = delete;
  Deflater& operator=(const Deflater&) = delete;

  std::string Run(std::string_view text, std::string_view model) {
    deflateSetDictionary(&stream_, Bytes(model), Size(model));
    std::string out(deflateBound(&stream_, static_cast<uLong>(text.size())), '\0');
    stream_.next_in = Bytes(text);
    stream_.avail_in = Size(text);
    stream_.next_out = Bytes(out);
    stream_.avail_out = Size(out);
    deflate(&stream_, Z_FINISH);
    out.resize(out.size() - stream_.avail_out);
    out.shrink_to_fit();
    return out;
  }

 private:
  z_stream stream_{};
};

class Inflater {
 public:
  Inflater() {
    if (inflateInit2(&stream_, kWindowBits) != Z_OK) throw std::bad_alloc();
  }
  ~Inflater() { inflateEnd(&stream_); }
  Inflater(const Inflater&) = delete;
  Inflater& operator=(const Inflater&) = delete;

  // Whether `in` ends where `out` does.
  bool Run(std::string_view in, std::string_view model, std::string& out) {
    inflateSetDictionary(&stream_, Bytes(model), Size(model));
    stream_.next_in = Bytes(in);
    stream_.avail_in = Size(in);
    stream_.next_out = Bytes(out);
    stream_.avail_out = Size(out);
    return inflate(&stream_, Z_FINISH) == Z_STREAM_END && stream_.avail_out == 0;
  }

 private:
  z_stream stream_{};
};

}  // namespace

CompressedText Compress(std::string_view text, std::string_view model) {
  return {Deflater().Run(text, UsedPart(model)), text.size()};
}

Result<std::string> Expand(const CompressedText& compressed, std::string_view model) {
  std::string text(compressed.size, '\0');
  if (!Inflater().Run(compressed.bytes, UsedPart(model), text)) {
    return Fail(ErrorCode::kInternal, "a compressed text cannot be expanded");
  }
  return text;
}

}  // namespace schemaop
