// The little protobuf that is needed: reading the built-in kinds newer kubectl sends that way, and
// writing the OpenAPI v2 document older kubectl asks for.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "tests/support/apiserver/status_error.h"

namespace schemaop::devcluster {

// A `k8s\0` envelope with a Secret, ConfigMap, Namespace, ServiceAccount, DeleteOptions or review
// in it, as JSON. 415 for other kinds, 400 for broken bytes.
Answer<Json> DecodeKubernetesProtobuf(std::string_view bytes);

// Appends fields to a message.
class MessageWriter {
 public:
  void String(int field, std::string_view text);
  void Message(int field, const MessageWriter& message) { String(field, message.bytes_); }
  void Varint(int field, std::uint64_t value);

  const std::string& bytes() const { return bytes_; }

 private:
  void Raw(std::uint64_t value);

  std::string bytes_;
};

}  // namespace schemaop::devcluster
