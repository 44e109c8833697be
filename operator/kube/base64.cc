#include "kube/base64.h"

#include <openssl/evp.h>

namespace schemaop {
namespace {

unsigned char* Bytes(std::string& text) {
  return reinterpret_cast<unsigned char*>(text.data());  // NOLINT(*-reinterpret-cast)
}

const unsigned char* Bytes(std::string_view text) {
  return reinterpret_cast<const unsigned char*>(text.data());  // NOLINT(*-reinterpret-cast)
}

}  // namespace

std::string EncodeBase64(std::string_view bytes) {
  std::string text((bytes.size() + 2) / 3 * 4 + 1, '\0');
  const int size = EVP_EncodeBlock(Bytes(text), Bytes(bytes), static_cast<int>(bytes.size()));
  text.resize(static_cast<std::size_t>(size));
  return text;
}

std::optional<std::string> DecodeBase64(std::string_view text) {
  std::string bytes(text.size() / 4 * 3 + 64, '\0');
  EVP_ENCODE_CTX* const context = EVP_ENCODE_CTX_new();
  int written = 0;
  int last = 0;
  EVP_DecodeInit(context);
  const bool decoded = EVP_DecodeUpdate(context, Bytes(bytes), &written, Bytes(text),
                                        static_cast<int>(text.size())) >= 0 &&
                       EVP_DecodeFinal(context, Bytes(bytes) + written, &last) == 1;
  EVP_ENCODE_CTX_free(context);
  if (!decoded) return std::nullopt;
  bytes.resize(static_cast<std::size_t>(written) + static_cast<std::size_t>(last));
  return bytes;
}

}  // namespace schemaop
