#include "catalog/snapshot.h"

#include <charconv>
#include <optional>
#include <utility>
#include <vector>

#include "base/sha256.h"
#include "base/text.h"

namespace schemaop {

namespace {

constexpr char kFieldSeparator = '\t';
constexpr std::string_view kHeader = "catalog 1";

void AppendEscaped(std::string& out, std::string_view text) {
  for (const char c : text) {
    switch (c) {
      case '\\':
        out += "\\\\";
        break;
      case '\t':
        out += "\\t";
        break;
      case '\n':
        out += "\\n";
        break;
      default:
        out += c;
    }
  }
}

std::string Unescaped(std::string_view text) {
  std::string out;
  out.reserve(text.size());
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] != '\\' || i + 1 == text.size()) {
      out += text[i];
      continue;
    }
    const char c = text[++i];
    out += c == 't' ? '\t' : c == 'n' ? '\n' : c;
  }
  return out;
}

void AppendId(std::string& out, const ObjectId& id) {
  out += KindName(id.kind);
  out += kFieldSeparator;
  AppendEscaped(out, id.container);
  out += kFieldSeparator;
  AppendEscaped(out, id.name);
}

void AppendObject(std::string& out, const CatalogObject& object) {
  AppendId(out, object.id);
  out += kFieldSeparator;
  AppendEscaped(out, object.schema);
  for (const auto& [property, value] : object.properties.entries()) {
    out += kFieldSeparator;
    out += PropertyName(property);
    out += '=';
    AppendEscaped(out, value);
  }
  out += '\n';
  for (const ObjectId& id : object.depends_on) {
    out += kFieldSeparator;
    AppendId(out, id);
    out += '\n';
  }
}

std::optional<ObjectId> ReadId(const std::vector<std::string>& fields, std::size_t at) {
  if (fields.size() < at + 3) return std::nullopt;
  const auto kind = FindKind(fields[at]);
  if (!kind) return std::nullopt;
  return ObjectId{*kind, Unescaped(fields[at + 1]), Unescaped(fields[at + 2])};
}

std::optional<CatalogObject> ReadObject(const std::vector<std::string>& fields) {
  const auto id = ReadId(fields, 0);
  if (!id || fields.size() < 4) return std::nullopt;
  CatalogObject object{*id, Unescaped(fields[3]), {}, {}};
  for (std::size_t i = 4; i < fields.size(); ++i) {
    const std::size_t equals = fields[i].find('=');
    const auto property = FindProperty(std::string_view(fields[i]).substr(0, equals));
    if (equals == std::string::npos || !property) return std::nullopt;
    object.properties.Set(*property, Unescaped(std::string_view(fields[i]).substr(equals + 1)));
  }
  return object;
}

// One line, without its end. False when it is not one of ours.
bool ReadLine(std::string_view line, std::vector<CatalogObject>& objects) {
  const std::vector<std::string> fields = Split(line, kFieldSeparator);
  if (!fields[0].empty()) {
    auto object = ReadObject(fields);
    if (object) objects.push_back(std::move(*object));
    return object.has_value();
  }
  auto id = ReadId(fields, 1);
  if (!id || objects.empty()) return false;
  objects.back().depends_on.push_back(std::move(*id));
  return true;
}

Result<CatalogOrigin> ReadHeader(std::string_view line) {
  const std::vector<std::string> fields = Split(line, kFieldSeparator);
  CatalogOrigin origin;
  if (fields.size() != 3 || fields[0] != kHeader)
    return Fail(ErrorCode::kInvalid,
                "line 1 of the catalog snapshot is not \"catalog 1 ...\": it was "
                "written by another version; make a new one");
  const std::string& version = fields[1];
  std::from_chars(version.data(), version.data() + version.size(), origin.server_version);
  origin.role = Unescaped(fields[2]);
  return origin;
}

}  // namespace

std::string WriteSnapshot(const Catalog& catalog) {
  std::string out(kHeader);
  out += kFieldSeparator + std::to_string(catalog.origin().server_version) + kFieldSeparator;
  AppendEscaped(out, catalog.origin().role);
  out += '\n';
  for (const CatalogObject& object : catalog.objects()) AppendObject(out, object);
  return out;
}

Result<Catalog> ReadSnapshot(std::string_view text) {
  std::size_t end = text.find('\n');
  auto origin = ReadHeader(text.substr(0, end));
  if (!origin) return Fail(origin.error());
  std::vector<CatalogObject> objects;
  int number = 1;
  while (end != std::string_view::npos && end + 1 < text.size()) {
    const std::size_t begin = end + 1;
    end = text.find('\n', begin);
    ++number;
    if (!ReadLine(text.substr(begin, end - begin), objects))
      return Fail(ErrorCode::kInvalid, "line " + std::to_string(number) +
                                           " of the catalog snapshot is damaged; make a new one");
  }
  return Catalog(std::move(objects), std::move(*origin));
}

std::string Fingerprint(const Catalog& catalog) {
  std::string text;
  for (const CatalogObject& object : catalog.objects()) {
    AppendId(text, object.id);
    for (const auto& [property, value] : object.properties.entries()) {
      if (property == Property::kPosition) continue;
      text += kFieldSeparator;
      text += PropertyName(property);
      text += '=';
      AppendEscaped(text, value);
    }
    text += '\n';
  }
  return Sha256Hex(text);
}

}  // namespace schemaop
