#include "tests/support/apiserver/protobuf.h"

#include <map>
#include <optional>
#include <vector>

#include "tests/support/apiserver/encoding.h"

namespace schemaop::devcluster {
namespace {

enum class Form {
  kString,
  kBytes,
  kBool,
  kInt,
  kMessage,
  kStrings,
  kMessages,
  kStringMap,
  kBytesMap
};

struct Field {
  const char* name;
  Form form;
  const char* message = nullptr;  // for kMessage and kMessages
};

using Message = std::map<int, Field>;

// Field numbers from the generated.proto files of k8s.io/api and k8s.io/apimachinery.
const std::map<std::string, Message>& Messages() {
  static const std::map<std::string, Message> messages = {
      {"ObjectMeta",
       {{1, {"name", Form::kString}},
        {2, {"generateName", Form::kString}},
        {3, {"namespace", Form::kString}},
        {5, {"uid", Form::kString}},
        {6, {"resourceVersion", Form::kString}},
        {11, {"labels", Form::kStringMap}},
        {12, {"annotations", Form::kStringMap}},
        {14, {"finalizers", Form::kStrings}}}},
      {"Secret",
       {{1, {"metadata", Form::kMessage, "ObjectMeta"}},
        {2, {"data", Form::kBytesMap}},
        {3, {"type", Form::kString}},
        {4, {"stringData", Form::kStringMap}},
        {5, {"immutable", Form::kBool}}}},
      {"ConfigMap",
       {{1, {"metadata", Form::kMessage, "ObjectMeta"}},
        {2, {"data", Form::kStringMap}},
        {3, {"binaryData", Form::kBytesMap}},
        {4, {"immutable", Form::kBool}}}},
      {"Namespace", {{1, {"metadata", Form::kMessage, "ObjectMeta"}}}},
      {"ServiceAccount", {{1, {"metadata", Form::kMessage, "ObjectMeta"}}}},
      {"Preconditions", {{1, {"uid", Form::kString}}, {2, {"resourceVersion", Form::kString}}}},
      {"DeleteOptions",
       {{1, {"gracePeriodSeconds", Form::kInt}},
        {2, {"preconditions", Form::kMessage, "Preconditions"}},
        {4, {"propagationPolicy", Form::kString}},
        {5, {"dryRun", Form::kStrings}}}},
      {"ResourceAttributes",
       {{1, {"namespace", Form::kString}},
        {2, {"verb", Form::kString}},
        {3, {"group", Form::kString}},
        {4, {"version", Form::kString}},
        {5, {"resource", Form::kString}},
        {6, {"subresource", Form::kString}},
        {7, {"name", Form::kString}}}},
      {"AccessSpec", {{1, {"resourceAttributes", Form::kMessage, "ResourceAttributes"}}}},
      {"RulesSpec", {{1, {"namespace", Form::kString}}}},
      {"SelfSubjectAccessReview", {{2, {"spec", Form::kMessage, "AccessSpec"}}}},
      {"SelfSubjectRulesReview", {{2, {"spec", Form::kMessage, "RulesSpec"}}}},
      {"SelfSubjectReview", {}}};
  return messages;
}

// One field off the wire; `number` 0 means the bytes are broken.
struct Wire {
  int number = 0;
  std::uint64_t value = 0;
  std::string_view bytes;
};

class Reader {
 public:
  explicit Reader(std::string_view bytes) : rest_(bytes) {}

  bool Done() const { return rest_.empty(); }

  Wire Next() {
    Wire wire;
    const auto tag = Varint();
    if (!tag) return {};
    const int type = static_cast<int>(*tag & 7);
    if (type == 0) {
      const auto value = Varint();
      if (!value) return {};
      wire.value = *value;
    } else if (type == 2) {
      const auto length = Varint();
      if (!length || *length > rest_.size()) return {};
      wire.bytes = rest_.substr(0, *length);
      rest_.remove_prefix(*length);
    } else {
      const std::size_t width = type == 1 ? 8 : 4;
      if ((type != 1 && type != 5) || rest_.size() < width) return {};
      rest_.remove_prefix(width);
    }
    wire.number = static_cast<int>(*tag >> 3);
    return wire;
  }

 private:
  std::optional<std::uint64_t> Varint() {
    std::uint64_t value = 0;
    for (int shift = 0; shift < 64 && !rest_.empty(); shift += 7) {
      const auto byte = static_cast<unsigned char>(rest_.front());
      rest_.remove_prefix(1);
      value |= static_cast<std::uint64_t>(byte & 0x7F) << shift;
      if ((byte & 0x80) == 0) return value;
    }
    return std::nullopt;
  }

  std::string_view rest_;
};

std::optional<std::pair<std::string, std::string>> MapEntry(std::string_view bytes) {
  std::pair<std::string, std::string> entry;
  for (Reader reader(bytes); !reader.Done();) {
    const Wire wire = reader.Next();
    if (wire.number == 0) return std::nullopt;
    if (wire.number == 1) entry.first = wire.bytes;
    if (wire.number == 2) entry.second = wire.bytes;
  }
  return entry;
}

bool Decode(std::string_view bytes, const Message& message, Json& out);

bool Store(const Wire& wire, const Field& field, Json& out) {
  const auto nested = [&](Json& into) {
    into = Json::object();
    return Decode(wire.bytes, Messages().at(field.message), into);
  };
  const std::string text(wire.bytes);
  switch (field.form) {
    case Form::kString:
      if (!text.empty()) out[field.name] = text;
      return true;
    case Form::kBytes:
      out[field.name] = Base64Encode(text);
      return true;
    case Form::kBool:
      out[field.name] = wire.value != 0;
      return true;
    case Form::kInt:
      out[field.name] = static_cast<std::int64_t>(wire.value);
      return true;
    case Form::kStrings:
      out[field.name].push_back(text);
      return true;
    case Form::kMessage:
      return nested(out[field.name]);
    case Form::kMessages:
      return nested(out[field.name].emplace_back());
    case Form::kStringMap:
    case Form::kBytesMap: {
      const auto entry = MapEntry(wire.bytes);
      if (!entry) return false;
      out[field.name][entry->first] =
          field.form == Form::kBytesMap ? Base64Encode(entry->second) : entry->second;
      return true;
    }
  }
  return false;
}

bool Decode(std::string_view bytes, const Message& message, Json& out) {
  for (Reader reader(bytes); !reader.Done();) {
    const Wire wire = reader.Next();
    if (wire.number == 0) return false;
    const auto field = message.find(wire.number);
    if (field != message.end() && !Store(wire, field->second, out)) return false;
  }
  return true;
}

// runtime.Unknown: {1: TypeMeta{1: apiVersion, 2: kind}, 2: raw}.
const Message& Envelope() {
  static const Message message = {{1, {"apiVersion", Form::kString}}, {2, {"kind", Form::kString}}};
  return message;
}

}  // namespace

Answer<Json> DecodeKubernetesProtobuf(std::string_view bytes) {
  using namespace std::string_view_literals;
  constexpr std::string_view kMagic = "k8s\0"sv;
  if (!bytes.starts_with(kMagic))
    return BadRequest("provided data does not appear to be a protobuf message");
  Json object = Json::object();
  std::string_view raw;
  for (Reader reader(bytes.substr(kMagic.size())); !reader.Done();) {
    const Wire wire = reader.Next();
    if (wire.number == 0) return BadRequest("the protobuf message is cut short");
    if (wire.number == 1 && !Decode(wire.bytes, Envelope(), object)) {
      return BadRequest("the protobuf message has no readable type");
    }
    if (wire.number == 2) raw = wire.bytes;
  }
  const std::string kind = object.value("kind", "");
  const auto message = Messages().find(kind);
  if (message == Messages().end()) {
    return UnsupportedMediaType("devcluster reads this kind as JSON only: " + kind);
  }
  if (!Decode(raw, message->second, object)) return BadRequest("the protobuf message is cut short");
  return object;
}

void MessageWriter::Raw(std::uint64_t value) {
  for (; value >= 0x80; value >>= 7) bytes_ += static_cast<char>(value | 0x80);
  bytes_ += static_cast<char>(value);
}

void MessageWriter::String(int field, std::string_view text) {
  Raw(static_cast<std::uint64_t>(field) << 3 | 2);
  Raw(text.size());
  bytes_ += text;
}

void MessageWriter::Varint(int field, std::uint64_t value) {
  Raw(static_cast<std::uint64_t>(field) << 3);
  Raw(value);
}

}  // namespace schemaop::devcluster
